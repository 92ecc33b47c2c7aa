//! A serial line that one device hangs on: opened when it is needed, found again after an unplugging.

use crate::deadline::Deadline;
use crate::device::{Failure, FailureKind};
#[cfg(unix)]
use crate::patient_file::PatientFile;
use crate::plugged::{Address, Class, remedy};
use serialport::{ClearBuffer, DataBits, FlowControl, Parity, SerialPort};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// How bytes go over a line; always with 1 stop bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// 8 data bits, no parity.
    EightNone,
    /// 7 data bits, even parity.
    SevenEven,
    /// 7 data bits, odd parity.
    SevenOdd,
}

/// How a device says that it can take no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// Not at all.
    None,
    /// By a wire: RTS/CTS.
    RtsCts,
    /// By a byte in its answers: XON/XOFF.
    XonXoff,
}

/// How a line is set; both ends must be set alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineSettings {
    /// Bits a second.
    pub baud: u32,
    /// The form of a byte.
    pub framing: Framing,
    /// How the device says that it can take no more.
    pub flow: Flow,
}

impl LineSettings {
    /// 8 data bits, no parity, no flow control.
    pub fn plain(baud: u32) -> LineSettings {
        LineSettings { baud, framing: Framing::EightNone, flow: Flow::None }
    }
}

/// An open line.
pub(crate) struct OpenLine {
    /// What reads, and what is set.
    pub(crate) port: Box<dyn SerialPort>,
    /// What writes: the port itself would wait for room as long as the device likes.
    #[cfg(unix)]
    out: PatientFile,
}

impl OpenLine {
    /// Opens the line at `address`. The failure is worded for whoever sets the till up.
    pub(crate) fn open(address: &Address, settings: LineSettings) -> Result<OpenLine, Failure> {
        let path = address.find(Class::SerialLine)?;
        let fail = |error: &io::Error| {
            let kind = if error.kind() == ErrorKind::ResourceBusy { FailureKind::Busy } else { FailureKind::Offline };
            Failure::new(kind, remedy::of(&path, error))
        };
        // First, for the port lets nobody in behind it.
        #[cfg(unix)]
        let out = PatientFile::open(&path).map_err(|error| fail(&error))?;
        let port = port(&path, settings).map_err(|error| fail(&why(error)))?;
        Ok(OpenLine {
            port,
            #[cfg(unix)]
            out,
        })
    }

    /// Writes some of `bytes` and says how many; `None` when the device took none until the deadline.
    #[cfg(unix)]
    pub(crate) fn write(&mut self, bytes: &[u8], deadline: Deadline) -> io::Result<Option<usize>> {
        self.out.write(bytes, deadline)
    }

    /// Writes some of `bytes` and says how many; `None` when the device took none until the deadline.
    #[cfg(not(unix))]
    pub(crate) fn write(&mut self, bytes: &[u8], deadline: Deadline) -> io::Result<Option<usize>> {
        let Some(left) = deadline.left() else { return Ok(None) };
        self.port.set_timeout(left)?;
        match self.port.write(bytes) {
            Ok(0) => Err(ErrorKind::WriteZero.into()),
            Ok(count) => Ok(Some(count)),
            Err(error) if matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::Interrupted) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn port(path: &Path, settings: LineSettings) -> serialport::Result<Box<dyn SerialPort>> {
    let (bits, parity) = match settings.framing {
        Framing::EightNone => (DataBits::Eight, Parity::None),
        Framing::SevenEven => (DataBits::Seven, Parity::Even),
        Framing::SevenOdd => (DataBits::Seven, Parity::Odd),
    };
    let flow = match settings.flow {
        Flow::None => FlowControl::None,
        Flow::RtsCts => FlowControl::Hardware,
        Flow::XonXoff => FlowControl::Software,
    };
    serialport::new(path.to_string_lossy(), settings.baud).data_bits(bits).parity(parity).flow_control(flow).open()
}

/// Why a port did not open. Where the file did, "no device" is said of one that another program has locked.
fn why(error: serialport::Error) -> io::Error {
    match error.kind() {
        serialport::ErrorKind::NoDevice if cfg!(unix) => ErrorKind::ResourceBusy.into(),
        _ => error.into(),
    }
}

/// The line. A byte with a parity error reads as NUL, which no protocol here knows.
pub(crate) struct SerialLine {
    device: &'static str,
    address: Address,
    settings: LineSettings,
    line: Option<OpenLine>,
}

impl SerialLine {
    /// The line at `address` to `device`, which is its name in messages.
    pub(crate) fn new(device: &'static str, address: impl Into<Address>, settings: LineSettings) -> SerialLine {
        SerialLine { device, address: address.into(), settings, line: None }
    }

    /// A failure that names the device and its line.
    pub(crate) fn failure(&self, kind: FailureKind, what: impl std::fmt::Display) -> Failure {
        Failure::new(kind, format!("{} at {}: {what}", self.device, self.address))
    }

    /// Opens the line if it is not open or has hung up; whether it was opened anew.
    pub(crate) fn open(&mut self) -> Result<bool, Failure> {
        if self.line.as_ref().is_some_and(|line| line.port.bytes_to_read().is_ok()) {
            return Ok(false);
        }
        // The old one first: a line is opened by one only.
        self.line = None;
        let opened = OpenLine::open(&self.address, self.settings);
        self.line = Some(opened.map_err(|failure| self.failure(failure.kind, failure.detail))?);
        Ok(true)
    }

    /// Sends all of `bytes`. A failure comes with how many of them left the till.
    pub(crate) fn send(&mut self, bytes: &[u8], deadline: Deadline) -> Result<(), (usize, Failure)> {
        let mut sent = 0;
        while sent < bytes.len() {
            match self.line().and_then(|line| line.write(&bytes[sent..], deadline)) {
                Ok(Some(count)) => sent += count,
                Ok(None) if deadline.left().is_some() => {}
                Ok(None) => {
                    return Err((
                        sent,
                        self.failure(FailureKind::NoAnswer, "it took no more bytes until the deadline"),
                    ));
                }
                Err(error) => return Err((sent, self.lost(error))),
            }
        }
        Ok(())
    }

    /// Reads what comes until the deadline; 0 when nothing did.
    pub(crate) fn read(&mut self, buffer: &mut [u8], deadline: Deadline) -> Result<usize, Failure> {
        let Some(left) = deadline.left() else { return Ok(0) };
        let read = self.line().and_then(|line| {
            line.port.set_timeout(left)?;
            line.port.read(buffer)
        });
        match read {
            Err(error) if matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::Interrupted) => Ok(0),
            // A line that hung up reads as nothing.
            Ok(0) => Err(self.lost("the line hung up")),
            Err(error) => Err(self.lost(error)),
            Ok(count) => Ok(count),
        }
    }

    /// Throws away what has come and was not read.
    pub(crate) fn forget_input(&mut self) -> Result<(), Failure> {
        let cleared = self.line().and_then(|line| Ok(line.port.clear(ClearBuffer::Input)?));
        cleared.map_err(|error| self.lost(error))
    }

    /// The level of a modem wire; `None` where the line has no such wire.
    pub(crate) fn wire(
        &mut self,
        level: impl FnOnce(&mut dyn SerialPort) -> serialport::Result<bool>,
    ) -> Result<Option<bool>, Failure> {
        let read = self.line().and_then(|line| {
            let level = level(&mut *line.port);
            // A port that cannot even be counted is gone; one that can has no such wire.
            line.port.bytes_to_read()?;
            Ok(level.ok())
        });
        read.map_err(|error| self.lost(error))
    }

    /// Closes the line and throws away what the device has not taken.
    pub(crate) fn hang_up(&mut self) {
        if let Some(line) = self.line.take() {
            // A line that is gone has nothing to throw away.
            let _ = line.port.clear(ClearBuffer::Output);
        }
    }

    fn line(&mut self) -> io::Result<&mut OpenLine> {
        self.line.as_mut().ok_or_else(|| io::Error::new(ErrorKind::NotConnected, "the line is closed"))
    }

    fn lost(&mut self, what: impl std::fmt::Display) -> Failure {
        self.line = None;
        self.failure(FailureKind::Offline, what)
    }
}
