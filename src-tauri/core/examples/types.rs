//! Writes the window's TypeScript types and client into the folder that it is given.

fn main() -> std::io::Result<()> {
    let Some(folder) = std::env::args_os().nth(1).map(std::path::PathBuf::from) else {
        return Err(std::io::Error::other("which folder?"));
    };
    let (types, client) = partner_core::ipc::types::generate();
    std::fs::write(folder.join("types.ts"), types)?;
    std::fs::write(folder.join("client.ts"), client)
}
