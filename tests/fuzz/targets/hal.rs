#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| partner_fuzz::hal(bytes));
