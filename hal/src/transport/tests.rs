//! Every step has a deadline, and says whether the device may have got something.

use super::*;
use crate::device::FailureKind;
use std::io::Read;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

/// More than any buffer between here and there.
const MUCH: usize = 32 << 20;

fn soon() -> Deadline {
    Deadline::after(Duration::from_millis(300))
}

fn enough() -> Deadline {
    Deadline::after(Duration::from_secs(20))
}

#[test]
fn nobody_at_the_address_is_offline_and_names_it() {
    let free: SocketAddr = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let failure = Tcp::new(free).open(enough()).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Offline);
    assert!(failure.detail.contains(&free.to_string()), "{failure}");
}

#[test]
fn a_printer_that_takes_nothing_ends_a_write_that_has_begun() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut tcp = Tcp::new(listener.local_addr().unwrap());
    tcp.open(enough()).unwrap();
    let error = tcp.write(&vec![b'x'; MUCH], soon()).unwrap_err();
    assert!(error.began, "some of it lies in buffers");
    assert_eq!(error.failure.kind, FailureKind::NoAnswer);
    assert_eq!(tcp.read(&mut [0], soon()).unwrap_err().kind, FailureKind::NoAnswer);
    tcp.close();
    assert!(!tcp.write(b"x", enough()).unwrap_err().began, "a closed way takes nothing");
}

#[test]
fn a_printer_that_hangs_up_is_offline() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut tcp = Tcp::new(listener.local_addr().unwrap());
    tcp.open(enough()).unwrap();
    drop(listener.accept().unwrap());
    assert_eq!(tcp.read(&mut [0], enough()).unwrap_err().kind, FailureKind::Offline);
}

#[test]
fn a_device_file_that_is_not_there_is_offline_and_never_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lp0");
    let failure = DeviceFile::new(path.as_path()).open(enough()).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Offline);
    assert!(failure.detail.contains("lp0"), "{failure}");
    assert!(!path.exists());
}

#[test]
fn a_device_file_takes_job_after_job() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lp0");
    std::fs::write(&path, "").unwrap();
    let mut device = DeviceFile::new(path.as_path());
    device.open(enough()).unwrap();
    device.write(&[b'a'; 10_000], enough()).unwrap();
    device.write(b"the end", enough()).unwrap();
    device.close();
    let mut written = Vec::new();
    std::fs::File::open(&path).unwrap().read_to_end(&mut written).unwrap();
    assert_eq!((written.len(), &written[10_000..]), (10_007, &b"the end"[..]));
    assert!(!device.write(b"x", enough()).unwrap_err().began, "a closed way takes nothing");
}

/// A named pipe stands for a printer without paper: it takes what its buffer holds and no more.
#[cfg(target_os = "linux")]
#[test]
fn a_device_that_blocks_is_left_at_the_deadline_and_busy_until_it_lets_go() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lp0");
    let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
    assert!(made.success());
    let reading = std::fs::OpenOptions::new().read(true).write(true).open(&path).unwrap();
    let mut device = DeviceFile::new(path.as_path());
    device.open(enough()).unwrap();
    let error = device.write(&vec![b'x'; MUCH], soon()).unwrap_err();
    assert!(error.began, "the buffer has some of it");
    assert_eq!(error.failure.kind, FailureKind::NoAnswer);
    assert_eq!(device.open(soon()).unwrap_err().kind, FailureKind::Busy, "no second thread is piled on the first");
    // The paper is back: the stuck piece goes through, and not one more.
    let drained = std::thread::spawn(move || {
        let (mut reading, mut taken) = (reading, vec![0; 1 << 16]);
        let mut total = 0;
        while !taken[..total.min(taken.len())].contains(&b'!') {
            total = reading.read(&mut taken).unwrap();
        }
    });
    device.open(enough()).unwrap();
    device.write(b"!", enough()).unwrap();
    drained.join().unwrap();
}
