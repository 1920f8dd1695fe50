//! How the web engine draws on Linux: by the processor alone where there is no graphics card. It would draw through
//! OpenGL there as well, and compile every shader for the processor first: that takes longer than all that is drawn.

use std::path::Path;

use tauri::WebviewWindow;
use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt as _, WebViewExt as _};

/// Where the system lists what can draw: the kernel's render nodes, and what NVIDIA's own driver has.
const CARDS: [(&str, &str); 2] = [("/dev/dri", "renderD"), ("/dev", "nvidia")];

/// Has a window drawn in the way that suits the computer. Whoever drives it through `WebDriver` gets no pictures of a
/// window that is drawn by the processor alone: for them it stays as it is, unless it is measured.
pub fn suit(window: &WebviewWindow) -> tauri::Result<()> {
    if CARDS.iter().any(|(folder, name)| is_any(Path::new(folder), name)) {
        return Ok(());
    }
    window.with_webview(|webview| {
        let view = webview.inner();
        let pictured = view.is_controlled_by_automation() && !cfg!(feature = "bench");
        if let Some(settings) = view.settings().filter(|_| !pictured) {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    })
}

/// Whether there is anything in the folder whose name begins so.
fn is_any(folder: &Path, name: &str) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Protects computers with a card: they keep it for drawing.
    #[test]
    fn a_card_is_found_by_the_beginning_of_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let nodes = folder.path().join("dri");
        assert!(!is_any(&nodes, "renderD"), "no folder");
        std::fs::create_dir(&nodes).unwrap();
        std::fs::write(nodes.join("card0"), "").unwrap();
        assert!(!is_any(&nodes, "renderD"), "a screen that nothing draws for");
        std::fs::write(nodes.join("renderD128"), "").unwrap();
        assert!(is_any(&nodes, "renderD"));
    }
}
