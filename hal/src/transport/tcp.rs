//! TCP, by custom on port 9100: whatever is written is printed, answers come back on the same connection.

use super::{Transport, WriteError};
use crate::deadline::Deadline;
use crate::device::{Failure, FailureKind};
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};

/// A printer on the network. Its address is a number: looking up a name cannot be held to a deadline.
#[derive(Debug)]
pub struct Tcp {
    address: SocketAddr,
    stream: Option<TcpStream>,
}

impl Tcp {
    /// The printer at `address`, which is connected to when it is needed.
    pub fn new(address: SocketAddr) -> Tcp {
        Tcp { address, stream: None }
    }

    fn fail(&self, kind: FailureKind, what: &str) -> Failure {
        Failure::new(kind, format!("printer at {}: {what}", self.address))
    }

    fn offline(&self, error: &std::io::Error) -> Failure {
        self.fail(FailureKind::Offline, &error.to_string())
    }
}

impl Transport for Tcp {
    fn open(&mut self, deadline: Deadline) -> Result<(), Failure> {
        self.close();
        let left = deadline.left().ok_or_else(|| self.fail(FailureKind::Offline, "no time left to connect"))?;
        let stream = TcpStream::connect_timeout(&self.address, left).map_err(|error| self.offline(&error))?;
        // Small questions go out at once; without it an answer is a delayed acknowledgement away.
        stream.set_nodelay(true).map_err(|error| self.offline(&error))?;
        self.stream = Some(stream);
        Ok(())
    }

    fn write(&mut self, bytes: &[u8], deadline: Deadline) -> Result<(), WriteError> {
        let mut sent = 0;
        while sent < bytes.len() {
            let began = sent > 0;
            let fail = |failure| WriteError { began, failure };
            let (Some(mut stream), Some(left)) = (self.stream.as_ref(), deadline.left()) else {
                return Err(fail(self.fail(FailureKind::NoAnswer, "it took no more bytes until the deadline")));
            };
            stream.set_write_timeout(Some(left)).map_err(|error| fail(self.offline(&error)))?;
            match stream.write(&bytes[sent..]) {
                Ok(0) => return Err(fail(self.fail(FailureKind::Offline, "it closed the connection"))),
                Ok(count) => sent += count,
                Err(error) if is_retry(error.kind()) => {}
                Err(error) => return Err(fail(self.offline(&error))),
            }
        }
        Ok(())
    }

    fn read(&mut self, buffer: &mut [u8], deadline: Deadline) -> Result<usize, Failure> {
        loop {
            let (Some(mut stream), Some(left)) = (self.stream.as_ref(), deadline.left()) else {
                return Err(self.fail(FailureKind::NoAnswer, "no answer until the deadline"));
            };
            stream.set_read_timeout(Some(left)).map_err(|error| self.offline(&error))?;
            match stream.read(buffer) {
                Ok(0) => return Err(self.fail(FailureKind::Offline, "it closed the connection")),
                Ok(count) => return Ok(count),
                Err(error) if is_retry(error.kind()) => {}
                Err(error) => return Err(self.offline(&error)),
            }
        }
    }

    fn can_answer(&self) -> bool {
        true
    }

    fn close(&mut self) {
        if let Some(stream) = self.stream.take() {
            // Says that the job is whole; a peer that is gone already does not mind.
            let _ = stream.shutdown(Shutdown::Write);
        }
    }
}

/// Timeouts come back here too: the loop then finds that no time is left.
fn is_retry(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Interrupted | ErrorKind::WouldBlock | ErrorKind::TimedOut)
}
