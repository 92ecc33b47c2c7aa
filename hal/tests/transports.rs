//! Ways to a printer that misbehave: each step ends by its deadline and says truly whether anything may have left.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)] // a failed test is a panic

use evertill_hal::FailureKind;
use evertill_hal::deadline::Deadline;
use evertill_hal::emulator::SerialPlug;
use evertill_hal::line::{Flow, LineSettings};
use evertill_hal::plugged::Address;
use evertill_hal::transport::{DeviceFile, Serial, Transport};
use std::path::Path;
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// More than any line holds.
const MUCH: usize = 1 << 20;
const XOFF: u8 = 0x13;
const XON: u8 = 0x11;

fn soon() -> Deadline {
    Deadline::after(Duration::from_millis(300))
}

fn enough() -> Deadline {
    Deadline::after(Duration::from_secs(20))
}

fn serial(path: &Path) -> Serial {
    Serial::new(path, LineSettings { flow: Flow::RtsCts, ..LineSettings::plain(38_400) })
}

/// Both ways to a device that has a path, each with a device of its own.
fn ways() -> Vec<(TempDir, SerialPlug, Box<dyn Transport>)> {
    type Make = fn(&Path) -> Box<dyn Transport>;
    let make: [Make; 2] = [|path| Box::new(serial(path)), |path| Box::new(DeviceFile::new(path))];
    make.into_iter()
        .map(|make| {
            let folder = tempfile::tempdir().unwrap();
            let plug = SerialPlug::plugged_in(folder.path().join("printer")).unwrap();
            let way = make(plug.path());
            (folder, plug, way)
        })
        .collect()
}

/// Takes `count` bytes at the device's end.
fn taken(plug: &mut SerialPlug, count: usize) -> Vec<u8> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4_096]);
    let until = enough();
    while bytes.len() < count && until.left().is_some() {
        match plug.receive(&mut buffer).unwrap() {
            0 => thread::sleep(Duration::from_millis(1)),
            got => bytes.extend(&buffer[..got]),
        }
    }
    bytes
}

#[test]
fn bytes_go_there_and_answers_come_back() {
    for (_folder, mut plug, mut way) in ways() {
        way.open(enough()).unwrap();
        assert!(way.can_answer());
        way.write(b"\x10\x04\x01", enough()).unwrap();
        assert_eq!(taken(&mut plug, 3), b"\x10\x04\x01");
        plug.send(&[0x16]).unwrap();
        let mut answer = [0; 8];
        assert_eq!(way.read(&mut answer, enough()).unwrap(), 1);
        assert_eq!(answer[0], 0x16);
        assert_eq!(way.read(&mut answer, soon()).unwrap_err().kind, FailureKind::NoAnswer);
        way.close();
    }
}

#[test]
fn what_a_device_said_before_it_was_asked_is_no_answer() {
    for (_folder, mut plug, mut way) in ways() {
        way.open(enough()).unwrap();
        way.close();
        plug.send(&[0x12; 300]).unwrap();
        way.open(enough()).unwrap();
        assert_eq!(way.read(&mut [0; 8], soon()).unwrap_err().kind, FailureKind::NoAnswer);
    }
}

#[test]
fn a_device_that_takes_nothing_ends_a_write_that_has_begun_and_serves_again_when_it_goes_on() {
    for (_folder, mut plug, mut way) in ways() {
        way.open(enough()).unwrap();
        let error = way.write(&vec![b'x'; MUCH], soon()).unwrap_err();
        assert!(error.began, "some of it lies in the line");
        assert_eq!(error.failure.kind, FailureKind::NoAnswer);
        way.close();
        // Whatever the line still held was taken by the device, or thrown away.
        let mut buffer = [0; 4_096];
        while plug.receive(&mut buffer).unwrap() > 0 {}
        way.open(enough()).unwrap();
        way.write(b"again", enough()).unwrap();
        let bytes = taken(&mut plug, 5);
        assert_eq!(&bytes[bytes.len() - 5..], b"again");
    }
}

#[test]
fn a_device_that_is_pulled_out_is_offline_and_found_again() {
    for (_folder, mut plug, mut way) in ways() {
        way.open(enough()).unwrap();
        plug.unplug();
        let error = way.write(b"gone", enough()).unwrap_err();
        assert_eq!((error.began, error.failure.kind), (false, FailureKind::Offline));
        way.close();
        let failure = way.open(enough()).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Offline);
        assert!(failure.detail.contains("check its cable"), "{failure}");
        plug.plug_in().unwrap();
        way.open(enough()).unwrap();
        way.write(b"back", enough()).unwrap();
        assert_eq!(taken(&mut plug, 4), b"back");
    }
}

#[test]
fn a_device_that_is_pulled_out_while_it_is_waited_for_ends_the_wait() {
    for (_folder, mut plug, mut way) in ways() {
        way.open(enough()).unwrap();
        let pulled = thread::spawn(move || {
            thread::sleep(Duration::from_millis(50));
            plug.unplug();
        });
        assert_eq!(way.read(&mut [0; 8], enough()).unwrap_err().kind, FailureKind::Offline);
        pulled.join().unwrap();
    }
}

#[test]
fn a_flood_of_answers_is_read_as_it_comes_and_hangs_nobody() {
    for (_folder, mut plug, mut way) in ways() {
        way.open(enough()).unwrap();
        let flood = thread::spawn(move || {
            for _ in 0..200 {
                // A full line drops the rest, as a device does.
                let _ = plug.send(&[0xFF; 512]);
            }
            plug
        });
        for _ in 0..20 {
            assert!(way.read(&mut [0; 64], enough()).unwrap() > 0);
        }
        way.write(b"through", enough()).unwrap();
        let mut plug = flood.join().unwrap();
        assert_eq!(taken(&mut plug, 7), b"through");
        // Opening it next throws away what is left of the flood.
        way.close();
        way.open(enough()).unwrap();
    }
}

#[test]
fn a_printer_that_says_stop_is_waited_for_and_goes_on_when_it_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut plug = SerialPlug::plugged_in(folder.path().join("printer")).unwrap();
    let settings = LineSettings { flow: Flow::XonXoff, ..LineSettings::plain(9_600) };
    let mut way = Serial::new(plug.path(), settings);
    way.open(enough()).unwrap();
    way.write(b"first", enough()).unwrap();
    assert_eq!(taken(&mut plug, 5), b"first");
    plug.send(&[XOFF]).unwrap();
    // The line has heard it when it takes nothing more.
    let stopped = (0..100).find_map(|_| {
        thread::sleep(Duration::from_millis(10));
        let error = way.write(&[b'x'; 256], Deadline::after(Duration::from_millis(100))).err();
        while error.is_none() && plug.receive(&mut [0; 512]).unwrap() > 0 {}
        error
    });
    assert_eq!(stopped.expect("it was told to stop").failure.kind, FailureKind::NoAnswer);
    plug.send(&[XON]).unwrap();
    way.open(enough()).unwrap();
    way.write(b"second", enough()).unwrap();
    let bytes = taken(&mut plug, 6);
    assert!(bytes.ends_with(b"second"), "{}", String::from_utf8_lossy(&bytes));
}

#[test]
fn what_is_no_device_is_refused_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes.txt");
    std::fs::write(&file, "").unwrap();
    for (way, words) in [
        (&mut serial(folder.path()) as &mut dyn Transport, "it is a folder"),
        (&mut serial(&file), "it is a file and no device"),
        (&mut DeviceFile::new(folder.path()), "it is a folder"),
        (&mut serial(Path::new("/nowhere/ttyS0")), "check its cable"),
    ] {
        let failure = way.open(enough()).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Offline);
        assert!(failure.detail.contains(words), "{failure}");
        let error = way.write(b"x", enough()).unwrap_err();
        assert!(!error.began, "a closed way takes nothing");
    }
}

#[test]
fn a_device_that_nobody_plugged_in_is_named_by_what_it_is() {
    let address: Address = "usb:ffff:fffe:none".parse().unwrap();
    let serial_failure = Serial::new(address.clone(), LineSettings::plain(9_600)).open(enough()).unwrap_err();
    let printer_failure = DeviceFile::new(address).open(enough()).unwrap_err();
    for failure in [serial_failure, printer_failure] {
        assert_eq!(failure.kind, FailureKind::Offline);
        assert!(failure.detail.contains("usb:ffff:fffe:none is plugged in"), "{failure}");
    }
}

#[test]
fn a_line_has_one_owner() {
    let folder = tempfile::tempdir().unwrap();
    let plug = SerialPlug::plugged_in(folder.path().join("printer")).unwrap();
    let mut first = serial(plug.path());
    first.open(enough()).unwrap();
    let failure = serial(plug.path()).open(enough()).unwrap_err();
    assert!(failure.detail.contains("another program"), "{failure}");
    first.write(b"mine", enough()).unwrap();
}
