//! What kind of machine it was measured on: figures mean little without it.

use std::fs;
use std::path::Path;

/// In a sentence: processor, cores, memory, graphics card, display.
pub fn told() -> String {
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let card = if Path::new("/dev/dri").exists() { "a graphics card" } else { "no graphics card" };
    format!(
        "{cores} cores of {}, {} GB of memory, {card}, Linux under a virtual display (Xvfb, 1280 × 800).",
        model(&processors),
        gigabytes(&memory),
    )
}

/// The processor's name.
fn model(processors: &str) -> &str {
    let named = processors.lines().find_map(|line| line.strip_prefix("model name"));
    named.map_or("an unnamed processor", |rest| rest.trim_start_matches([' ', '\t', ':']).trim())
}

fn gigabytes(memory: &str) -> u64 {
    let total = memory.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kilobytes = total.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or_default().div_ceil(1024 * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_is_read_from_what_the_kernel_says() {
        assert_eq!(
            model("processor\t: 0\nmodel name\t: Some Processor 3000\nflags\t: a b\n"),
            "Some Processor 3000"
        );
        assert_eq!(model("processor\t: 0\n"), "an unnamed processor");
        assert_eq!(gigabytes("MemTotal:       16303428 kB\nMemFree: 1 kB\n"), 16);
    }
}
