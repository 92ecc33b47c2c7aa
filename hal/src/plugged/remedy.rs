//! Why a device cannot be opened, in words that say what to do.

use std::io::{self, ErrorKind};
use std::path::Path;

/// What is wrong with the device at `path`, which could not be opened because of `error`.
pub fn of(path: &Path, error: &io::Error) -> String {
    if path.is_dir() {
        return "it is a folder: name the device in it".to_owned();
    }
    match error.kind() {
        ErrorKind::NotFound => "it is not there: check its cable and its power, and its name in till.toml".to_owned(),
        ErrorKind::PermissionDenied => permission(path),
        // What a serial line says that somebody else has opened for himself alone.
        ErrorKind::ResourceBusy => "another program has it open: end that program".to_owned(),
        _ if path.is_file() => "it is a file and no device: check its name in till.toml".to_owned(),
        _ => error.to_string(),
    }
}

/// Why the till may not read and write the device at `path`; `None` when it may.
#[cfg(unix)]
pub(super) fn refusal(path: &Path) -> Option<String> {
    use rustix::fs::{Access, access};
    let refused = access(path, Access::READ_OK | Access::WRITE_OK).err()?;
    Some(of(path, &refused.into()))
}

/// Elsewhere it takes an opening to know.
#[cfg(not(unix))]
pub(super) fn refusal(_path: &Path) -> Option<String> {
    None
}

#[cfg(unix)]
fn permission(path: &Path) -> String {
    use std::os::unix::fs::MetadataExt;
    /// Lets its group open a file.
    const GROUP_READS_AND_WRITES: u32 = 0o060;

    let Ok(node) = std::fs::metadata(path) else {
        return "permission denied, even to look at it: run the till as a user who may".to_owned();
    };
    let groups = std::fs::read_to_string("/etc/group").unwrap_or_default();
    let group = group_named(&groups, node.gid());
    if node.gid() == 0 || node.mode() & GROUP_READS_AND_WRITES != GROUP_READS_AND_WRITES {
        return "permission denied, it belongs to root alone: install packaging/udev/60-evertill.rules, which gives it to the till's group, and plug it in again".to_owned();
    }
    format!(
        "permission denied, it belongs to the group {group}: add the till's user to it (`usermod --append --groups {group} USER`) and start the till again"
    )
}

#[cfg(not(unix))]
fn permission(_path: &Path) -> String {
    "permission denied, or another program has it open: end that program, or run the till as a user who may".to_owned()
}

/// The name of group `id` in the lines of `/etc/group`, or its number.
#[cfg(unix)]
fn group_named(groups: &str, id: u32) -> String {
    let named = groups.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(id)).then(|| name.to_owned())
    });
    named.unwrap_or_else(|| id.to_string())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[test]
    fn the_group_is_named() {
        let groups = "root:x:0:\nlp:x:7:evertill\ndialout:x:20:\nbroken\n:::\n";
        assert_eq!(group_named(groups, 20), "dialout");
        assert_eq!(group_named(groups, 7), "lp");
        assert_eq!(group_named(groups, 99), "99");
        assert_eq!(group_named("", 1), "1");
    }

    #[test]
    fn a_device_that_the_till_may_use_is_not_refused() {
        assert_eq!(refusal(Path::new("/dev/null")), None);
        assert!(refusal(Path::new("/nowhere/lp0")).is_some_and(|why| why.contains("not there")));
    }

    #[test]
    fn what_is_no_device_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("notes.txt");
        std::fs::write(&file, "").unwrap();
        let any = io::Error::other("inappropriate ioctl for device");
        assert!(of(folder.path(), &any).contains("folder"));
        assert!(of(&file, &any).contains("no device"));
        assert!(of(&folder.path().join("lp0"), &ErrorKind::NotFound.into()).contains("not there"));
        assert!(of(&file, &ErrorKind::PermissionDenied.into()).contains("permission denied"));
        assert!(of(&file, &ErrorKind::ResourceBusy.into()).contains("another program"));
    }
}
