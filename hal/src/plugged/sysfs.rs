//! What Linux says under `/sys`: a text file for each fact, a link for each relation. Nothing of it needs a permission.

use super::{Class, Identity, Plugged};
use crate::scanner::ReportMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A device hangs at most so many folders below its USB device; a link that leads elsewhere is not followed for ever.
const LEVELS_MAX: usize = 8;
/// A till has a handful of devices; more than this is not looked at.
const DEVICES_MAX: usize = 256;

/// What is plugged in.
pub(super) fn list() -> Vec<Plugged> {
    list_below(Path::new("/"))
}

/// The same for a system whose root is `root`.
pub(super) fn list_below(root: &Path) -> Vec<Plugged> {
    let classes = [("tty", Class::SerialLine), ("usbmisc", Class::Printer), ("hidraw", Class::Scanner)];
    let mut all: Vec<Plugged> = classes
        .into_iter()
        .flat_map(|(folder, class)| {
            let entries = fs::read_dir(root.join("sys/class").join(folder)).into_iter().flatten().flatten();
            entries.take(DEVICES_MAX).filter_map(move |entry| plugged(root, &entry.path(), class))
        })
        .collect();
    all.sort_by(|one, other| one.path.cmp(&other.path));
    all
}

/// The device at `entry`, a folder of `/sys/class`; `None` when it is none of USB's, or of no use to a till.
fn plugged(root: &Path, entry: &Path, class: Class) -> Option<Plugged> {
    let device = fs::canonicalize(entry.join("device")).ok()?;
    let name = entry.file_name()?.to_str()?;
    let is_of_use = match class {
        Class::SerialLine => true,
        Class::Printer => name.starts_with("lp"),
        Class::Scanner => ReportMap::parse(&fs::read(device.join("report_descriptor")).ok()?).is_ok(),
    };
    let usb = is_of_use.then(|| usb_device(&device)).flatten()?;
    let said = |file: &str| fs::read_to_string(usb.join(file)).ok().map(|text| text.trim().to_owned());
    let number = |file: &str| u16::from_str_radix(&said(file)?, 16).ok();
    let words = [said("manufacturer"), said("product")];
    Some(Plugged {
        class,
        path: root.join("dev").join(node(entry).unwrap_or_else(|| name.to_owned())),
        identity: Identity { vendor: number("idVendor")?, product: number("idProduct")?, serial: said("serial") },
        name: words.into_iter().flatten().collect::<Vec<String>>().join(" "),
    })
}

/// The folder above `device` that is the USB device itself, and not one of its interfaces.
fn usb_device(device: &Path) -> Option<PathBuf> {
    device.ancestors().take(LEVELS_MAX).find(|folder| folder.join("idVendor").is_file()).map(Path::to_owned)
}

/// The node's name below `/dev`, which for a printer is `usb/lp0`.
fn node(entry: &Path) -> Option<String> {
    let uevent = fs::read_to_string(entry.join("uevent")).ok()?;
    uevent.lines().find_map(|line| line.strip_prefix("DEVNAME=")).map(str::to_owned)
}
