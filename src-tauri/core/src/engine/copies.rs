//! A copy of the open workspace a day, in a folder that the person chose: another disk, or one that is carried elsewhere.
//! It is the file that an export writes ([`crate::archive`]), so a restore is an import: it opens beside what is here.

use std::fs;
use std::path::{Path, PathBuf};

use domain::Timestamp;
use domain::ids::WorkspaceId;

use super::{Engine, Error, State, blocking, io_error};
use crate::archive::{self, Header};
use crate::profile::{ConnectionName, Copies};
use crate::text::FileName;
use domain::time;

/// How many copies of a workspace are kept.
const KEPT: usize = 7;
/// Most copies that are listed.
const LISTED: usize = 100;

/// A copy in the folder.
#[derive(Clone, Debug)]
pub(crate) struct Copy {
    pub(crate) file: String,
    pub(crate) header: Header,
    pub(crate) bytes: u64,
}

impl Engine {
    /// How copies are made, and how the last one went.
    pub(crate) fn copies(&self) -> Copies {
        self.profile().copies.clone()
    }

    /// The copies in the folder, newest first.
    pub(crate) async fn list_copies(&self) -> Result<Vec<Copy>, Error> {
        let Some(folder) = self.copies().folder else { return Ok(Vec::new()) };
        // A disk that is not there has none.
        blocking(move || Ok(list(&folder).unwrap_or_default())).await
    }

    /// Sets the folder; none: no copies are made. What is in the one before stays there.
    pub(crate) async fn set_copies(&self, folder: Option<PathBuf>) -> Result<(), Error> {
        let folder = match folder {
            Some(folder) => Some(self.saving_folder(Some(folder)).await?),
            None => None,
        };
        self.change_profile(|profile| profile.copies = Copies { folder, ..Copies::default() })?;
        self.told(&["settings"]);
        Ok(())
    }

    /// Makes the day's copy where it is missing.
    pub(super) async fn copy_daily(&self) -> Result<(), Error> {
        self.make_copy(false).await
    }

    /// Makes the day's copy anew.
    pub(crate) async fn copy_now(&self) -> Result<(), Error> {
        self.make_copy(true).await
    }

    /// Reads a copy of the folder into a workspace of its own, and opens it.
    pub(crate) async fn restore_copy(&self, file: &str) -> Result<(), Error> {
        let known = self.list_copies().await?.into_iter().find(|copy| copy.file == file);
        let (copy, folder) = known.zip(self.copies().folder).ok_or_else(Error::not_found)?;
        self.import_file(folder.join(copy.file)).await
    }

    async fn make_copy(&self, anew: bool) -> Result<(), Error> {
        let (name, workspace) = match &*self.state() {
            State::Open(open) => (open.name, open.seat.workspace),
            _ => return Ok(()),
        };
        let Some(folder) = self.copies().folder else { return Ok(()) };
        let now = self.now();
        let ending = ending_of(workspace);
        if name == ConnectionName::Sample || (!anew && there(&folder, now, &ending)) {
            return Ok(());
        }
        let (store, _) = self.open_store()?;
        let (title, _) = store.read(|view| view.glance().map_err(Error::from)).await?;
        let file = FileName::tame(&format!("{title} {}{ending}", time::day(now))).to_string();
        let made = self.export_as(folder.clone(), file).await;
        let copies = match &made {
            Ok(_) => Copies { folder: Some(folder.clone()), last: Some(now), failed: None },
            Err(error) => {
                let failed = error.params.get("detail").cloned().unwrap_or_default();
                Copies { failed: Some(failed), ..self.copies() }
            }
        };
        self.change_profile(|profile| {
            // Another folder was chosen meanwhile: this is not how it stands there.
            if profile.copies.folder == copies.folder {
                profile.copies = copies;
            }
        })?;
        self.told(&["settings"]);
        made?;
        blocking(move || forget_old(&folder, &ending).map_err(|error| io_error(&error))).await
    }
}

/// How the names of a workspace's copies end: two of the same name are told apart.
fn ending_of(workspace: WorkspaceId) -> String {
    let id = workspace.to_string();
    let short = id.get(id.len() - 8..).unwrap_or_default();
    format!("-{short}.{}", archive::ENDING)
}

fn there(folder: &Path, now: Timestamp, ending: &str) -> bool {
    let today = format!("{}{ending}", time::day(now));
    names(folder).is_ok_and(|names| names.iter().any(|name| name.ends_with(&today)))
}

/// Removes all but the newest copies of a workspace. Only files that were named by us go.
fn forget_old(folder: &Path, ending: &str) -> std::io::Result<()> {
    let day = |name: &str| {
        let stem = name.strip_suffix(ending)?;
        let day = stem.get(stem.len().checked_sub("2026-11-24".len())?..)?;
        day.parse::<jiff::civil::Date>().ok()
    };
    let mut own: Vec<_> =
        names(folder)?.into_iter().filter_map(|name| day(&name).map(|day| (day, name))).collect();
    own.sort_unstable();
    let old = own.len().saturating_sub(KEPT);
    own.iter().take(old).try_for_each(|(_, name)| fs::remove_file(folder.join(name)))
}

fn names(folder: &Path) -> std::io::Result<Vec<String>> {
    let ending = format!(".{}", archive::ENDING);
    let entries = fs::read_dir(folder)?.filter_map(Result::ok);
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    Ok(names.filter(|name| name.ends_with(&ending)).collect())
}

fn list(folder: &Path) -> std::io::Result<Vec<Copy>> {
    let mut copies: Vec<Copy> = names(folder)?
        .into_iter()
        .take(LISTED)
        .filter_map(|file| {
            let path = folder.join(&file);
            let bytes = fs::metadata(&path).ok()?.len();
            Some(Copy { header: archive::peek(&path).ok()?, file, bytes })
        })
        .collect();
    copies.sort_by_key(|copy| std::cmp::Reverse(copy.header.made_at));
    Ok(copies)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_seven_of_a_workspace_stay_and_nothing_else_goes() {
        let folder = tempfile::tempdir().unwrap();
        let ending = "-0000000a.partner";
        let make = |name: &str| fs::write(folder.path().join(name), b"").unwrap();
        for day in 1..=9 {
            make(&format!("Sample-Apps-2026-11-{day:02}{ending}"));
        }
        for other in ["Sample-Apps-2026-01-01-0000000b.partner", "mine-0000000a.partner", "2026-01-01.txt"] {
            make(other);
        }
        forget_old(folder.path(), ending).unwrap();
        let left = names(folder.path()).unwrap();
        assert_eq!(left.len(), 7 + 2);
        assert!(left.iter().all(|name| !name.contains("2026-11-01") && !name.contains("2026-11-02")));
        let at = |day: &str| Timestamp(day.parse::<jiff::Timestamp>().unwrap().as_millisecond());
        assert!(there(folder.path(), at("2026-11-09T12:00:00Z"), ending));
        assert!(!there(folder.path(), at("2026-11-11T12:00:00Z"), ending));
    }
}
