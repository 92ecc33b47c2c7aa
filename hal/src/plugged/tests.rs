//! Against a `/sys` of files and links as the kernel lays it out.

use super::sysfs::list_below;
use super::*;
use std::fs;
use std::os::unix::fs::symlink;
use tempfile::TempDir;

/// A root with nothing plugged in.
struct System {
    root: TempDir,
}

impl System {
    fn new() -> System {
        System { root: tempfile::tempdir().unwrap() }
    }

    /// Plugs a device into `port`, such as `1-2`: its USB device, an interface, and its entry in a class.
    fn plug(&self, port: &str, ids: (&str, &str, Option<&str>), class: &str, name: &str) {
        let usb = self.root.path().join("sys/devices/pci0000:00/usb1").join(port);
        let interface = usb.join(format!("{port}:1.0"));
        let entry = self.root.path().join("sys/class").join(class).join(name);
        fs::create_dir_all(&interface).unwrap();
        fs::create_dir_all(&entry).unwrap();
        for (file, text) in [("idVendor", ids.0), ("idProduct", ids.1), ("manufacturer", "EPSON"), ("product", "TM")] {
            fs::write(usb.join(file), format!("{text}\n")).unwrap();
        }
        if let Some(serial) = ids.2 {
            fs::write(usb.join("serial"), format!("{serial}\n")).unwrap();
        }
        symlink(interface, entry.join("device")).unwrap();
        let folder = if class == "usbmisc" { "usb/" } else { "" };
        fs::write(entry.join("uevent"), format!("MAJOR=180\nDEVNAME={folder}{name}\n")).unwrap();
    }

    fn unplug(&self, class: &str, name: &str) {
        fs::remove_dir_all(self.root.path().join("sys/class").join(class).join(name)).unwrap();
    }

    fn find(&self, name: &str, class: Class) -> Result<String, Failure> {
        let address: Address = name.parse().unwrap();
        let path = address.find_in(class, || list_below(self.root.path()))?;
        Ok(path.strip_prefix(self.root.path()).unwrap_or(&path).display().to_string())
    }
}

#[test]
fn a_device_is_named_by_its_path_or_by_what_it_is() {
    let identity =
        |serial: Option<&str>| Identity { vendor: 0x05e0, product: 0x1900, serial: serial.map(str::to_owned) };
    assert_eq!("/dev/ttyS0".parse(), Ok(Address::Path("/dev/ttyS0".into())));
    assert_eq!("COM3".parse(), Ok(Address::Path("COM3".into())));
    assert_eq!("usb:05e0:1900".parse(), Ok(Address::Identity(identity(None))));
    assert_eq!("usb:05E0:1900:A:7".parse(), Ok(Address::Identity(identity(Some("A:7")))));
    for wrong in ["usb:", "usb:05e0", "usb:5e0:1900", "usb:05e0:19zz", "usb:+5e0:1900", "usb:05e0:1900:"] {
        let error = wrong.parse::<Address>().unwrap_err().to_string();
        assert!(error.contains(wrong) && error.contains("usb:05e0:1900"), "{error}");
    }
    let text = "usb:05e0:1900:A:7";
    assert_eq!(text.parse::<Address>().unwrap().to_string(), text);
}

#[test]
fn a_printer_is_found_again_in_another_port() {
    let system = System::new();
    system.plug("1-2", ("04b8", "0e15", Some("X1")), "usbmisc", "lp0");
    assert_eq!(system.find("usb:04b8:0e15", Class::Printer).unwrap(), "dev/usb/lp0");
    system.unplug("usbmisc", "lp0");
    let failure = system.find("usb:04b8:0e15", Class::Printer).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Offline);
    system.plug("1-4", ("04b8", "0e15", Some("X1")), "usbmisc", "lp3");
    assert_eq!(system.find("usb:04b8:0e15:X1", Class::Printer).unwrap(), "dev/usb/lp3");
    assert!(system.find("usb:04b8:0e15:X2", Class::Printer).is_err());
}

#[test]
fn two_that_are_alike_are_told_apart_by_their_serial_numbers_only() {
    let system = System::new();
    system.plug("1-1", ("0403", "6001", Some("A1")), "tty", "ttyUSB0");
    system.plug("1-2", ("0403", "6001", Some("B2")), "tty", "ttyUSB1");
    let failure = system.find("usb:0403:6001", Class::SerialLine).unwrap_err();
    assert!(failure.detail.contains("usb:0403:6001:A1") && failure.detail.contains("ttyUSB1"), "{}", failure.detail);
    assert_eq!(system.find("usb:0403:6001:B2", Class::SerialLine).unwrap(), "dev/ttyUSB1");
    // The same numbers as a printer are another device.
    assert!(system.find("usb:0403:6001:B2", Class::Printer).is_err());
}

#[test]
fn what_a_till_cannot_use_is_not_listed() {
    let system = System::new();
    system.plug("1-1", ("0403", "6001", None), "tty", "ttyUSB0");
    // A keyboard speaks HID, but is no scanner.
    system.plug("1-2", ("046d", "c31c", None), "hidraw", "hidraw0");
    let keyboard = system.root.path().join("sys/devices/pci0000:00/usb1/1-2/1-2:1.0/report_descriptor");
    fs::write(keyboard, [0x05, 0x01, 0x09, 0x06, 0xA1, 0x01, 0xC0]).unwrap();
    // A line of the board hangs on no USB.
    let board = system.root.path().join("sys/devices/pnp0/00:01");
    fs::create_dir_all(&board).unwrap();
    fs::create_dir_all(system.root.path().join("sys/class/tty/ttyS0")).unwrap();
    symlink(board, system.root.path().join("sys/class/tty/ttyS0/device")).unwrap();
    // A link into nothing.
    fs::create_dir_all(system.root.path().join("sys/class/tty/ttyUSB9")).unwrap();
    symlink("/nowhere", system.root.path().join("sys/class/tty/ttyUSB9/device")).unwrap();
    let listed = list_below(system.root.path());
    assert_eq!(listed.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["EPSON TM"]);
    assert_eq!(listed[0].identity.to_string(), "usb:0403:6001");
    assert_eq!(list_below(&system.root.path().join("nothing")), []);
}
