//! A scanner that speaks HID Point of Sale over USB: no driver to install, and no keyboard that types into the page.

use super::descriptor::{DESCRIPTOR_BYTES_MAX, REPORT_BYTES_MAX, ReportMap, SCANNER_PAGE, SCANNER_USAGE};
use super::report::ReportReader;
use crate::deadline::Deadline;
use crate::device::{BarcodeScanner, Failure, FailureKind, Scan};
use crate::plugged::Identity;
use hidapi::{HidApi, HidDevice};
use std::fmt;
use std::thread;
use std::time::{Duration, Instant};

/// The parts of a code come one after the other: those before a silence of this length broke off.
const CODE_PAUSE_MAX: Duration = Duration::from_secs(1);
/// How often a scanner that is not there is looked for: a look asks the system for all HID devices.
const REOPEN_PAUSE: Duration = Duration::from_millis(250);

/// Where HID scanners are found: the system, or the emulator.
pub trait HidBus: Send {
    /// Opens the scanner that is meant, or the first one. The error says what was found and what to do.
    fn open(&mut self, identity: Option<&Identity>) -> Result<Box<dyn HidLine>, String>;
}

/// An open HID device.
pub trait HidLine: Send {
    /// Its report descriptor.
    fn descriptor(&mut self) -> Result<Vec<u8>, String>;
    /// Waits at most `wait` for the next report; 0 when none came. The report's number is its first byte where the device
    /// numbers its reports. An error means that the device is gone.
    fn read(&mut self, report: &mut [u8], wait: Duration) -> Result<usize, String>;
}

/// A HID scanner. It is opened when it is needed, stays open, and is found again after an unplugging.
pub struct HidScanner {
    identity: Option<Identity>,
    bus: Box<dyn HidBus>,
    open: Option<(Box<dyn HidLine>, ReportReader)>,
    /// How long nothing came while the driver listened.
    silence: Duration,
}

impl HidScanner {
    /// The scanner that is meant; `None` for the first one that there is.
    pub fn new(identity: Option<Identity>) -> HidScanner {
        HidScanner::on(SystemBus { api: None }, identity)
    }

    /// The same on any bus.
    pub fn on(bus: impl HidBus + 'static, identity: Option<Identity>) -> HidScanner {
        HidScanner { identity, bus: Box::new(bus), open: None, silence: Duration::ZERO }
    }

    fn offline(&self, what: impl fmt::Display) -> Failure {
        let which = self.identity.as_ref().map_or_else(|| "any".to_owned(), Identity::to_string);
        Failure::new(FailureKind::Offline, format!("HID scanner ({which}): {what}"))
    }

    /// Opens the scanner, looking for it until the deadline.
    fn open(&mut self, deadline: Deadline) -> Result<(), Failure> {
        while self.open.is_none() {
            match self.try_open() {
                Ok(open) => self.open = Some(open),
                Err(error) => {
                    let Some(left) = deadline.left() else { return Err(self.offline(error)) };
                    thread::sleep(left.min(REOPEN_PAUSE));
                }
            }
        }
        Ok(())
    }

    fn try_open(&mut self) -> Result<(Box<dyn HidLine>, ReportReader), String> {
        let mut line = self.bus.open(self.identity.as_ref())?;
        let map = ReportMap::parse(&line.descriptor()?).map_err(|error| error.to_string())?;
        self.silence = Duration::ZERO;
        Ok((line, ReportReader::new(map)))
    }

    /// Reads one report, waiting for it until the deadline. A scanner that fails is closed.
    fn read(&mut self, deadline: Deadline) -> Option<Scan> {
        let ((line, reader), left) = (self.open.as_mut()?, deadline.left()?);
        let mut report = [0; REPORT_BYTES_MAX + 1];
        let begun = Instant::now();
        let read = line.read(&mut report, left);
        self.silence = self.silence.saturating_add(begun.elapsed());
        match read {
            Ok(0) => None,
            Ok(count) => {
                if std::mem::take(&mut self.silence) > CODE_PAUSE_MAX {
                    reader.forget();
                }
                // A report that makes no sense is noise, as it is on a serial line: the next code is whole again.
                reader.take(report.get(..count)?).unwrap_or(None)
            }
            Err(_) => {
                self.open = None;
                None
            }
        }
    }
}

impl BarcodeScanner for HidScanner {
    fn next_scan(&mut self, deadline: Duration) -> Result<Option<Scan>, Failure> {
        let deadline = Deadline::after(deadline);
        loop {
            self.open(deadline)?;
            if deadline.left().is_none() {
                return Ok(None);
            }
            if let Some(scan) = self.read(deadline) {
                return Ok(Some(scan));
            }
        }
    }
}

/// The operating system's HID devices: hidraw on Linux, hid.dll on Windows.
struct SystemBus {
    api: Option<HidApi>,
}

impl HidBus for SystemBus {
    fn open(&mut self, identity: Option<&Identity>) -> Result<Box<dyn HidLine>, String> {
        let api = match self.api.take() {
            Some(mut api) => api.refresh_devices().map(|()| api),
            None => HidApi::new(),
        };
        let api = self.api.insert(api.map_err(|error| error.to_string())?);
        let is_meant = |device: &&hidapi::DeviceInfo| {
            (device.usage_page(), device.usage()) == (SCANNER_PAGE, SCANNER_USAGE)
                && identity.is_none_or(|wanted| {
                    (device.vendor_id(), device.product_id()) == (wanted.vendor, wanted.product)
                        && wanted.serial.as_deref().is_none_or(|serial| device.serial_number() == Some(serial))
                })
        };
        let device = api.device_list().find(is_meant).ok_or(
            "none is plugged in that speaks HID POS: check its cable, and set it to \"USB HID POS\" with the barcode in its manual",
        )?;
        let opened = device.open_device(api).map_err(|error| {
            let path = device.path().to_string_lossy();
            format!("{path}: {error}; if permission is denied, a udev rule for KERNEL==\"hidraw*\" must give the till's group access")
        })?;
        Ok(Box::new(opened))
    }
}

impl HidLine for HidDevice {
    fn descriptor(&mut self) -> Result<Vec<u8>, String> {
        let mut descriptor = vec![0; DESCRIPTOR_BYTES_MAX];
        let count = self.get_report_descriptor(&mut descriptor).map_err(|error| error.to_string())?;
        descriptor.truncate(count);
        Ok(descriptor)
    }

    fn read(&mut self, report: &mut [u8], wait: Duration) -> Result<usize, String> {
        // Never negative, which means "for ever" here.
        let wait_ms = i32::try_from(wait.as_millis()).unwrap_or(i32::MAX).max(1);
        self.read_timeout(report, wait_ms).map_err(|error| error.to_string())
    }
}
