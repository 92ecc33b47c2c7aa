//! Where the printer hangs: on the network or on a serial line, plugged in or not.

use super::super::pty::SerialPlug;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

/// How long it waits for bytes before it looks after everything else.
const LOOK: Duration = Duration::from_millis(10);
/// The same on a pseudo-terminal, which is asked and not waited for.
const GLANCE: Duration = Duration::from_millis(2);

/// What came in.
pub enum Came {
    /// So many bytes.
    Bytes(usize),
    /// Nothing yet.
    Nothing,
    /// Whoever was there has gone.
    Goodbye,
}

/// A place to hang.
#[derive(Debug)]
pub enum Plug {
    /// At an address; the listener is there while it is plugged in, the stream while someone is connected.
    Network { address: SocketAddr, listener: Option<TcpListener>, stream: Option<TcpStream> },
    /// At a serial line.
    Serial { plug: SerialPlug, plugged: bool },
}

impl Plug {
    /// Listens at `address`, and says where that is.
    pub fn network(address: SocketAddr) -> io::Result<(Plug, SocketAddr)> {
        let listener = listen(address)?;
        let address = listener.local_addr()?;
        Ok((Plug::Network { address, listener: Some(listener), stream: None }, address))
    }

    /// Hangs at `plug`.
    pub fn serial(plug: SerialPlug) -> Plug {
        Plug::Serial { plug, plugged: true }
    }

    /// Pulls it out or plugs it in; whether that was a change for whoever is connected.
    pub fn set_plugged(&mut self, wanted: bool) -> io::Result<bool> {
        match self {
            Plug::Network { address, listener, stream } if listener.is_some() != wanted => {
                *stream = None;
                *listener = if wanted { Some(listen(*address)?) } else { None };
                Ok(true)
            }
            Plug::Serial { plug, plugged } if *plugged != wanted => {
                if wanted {
                    plug.plug_in()?
                } else {
                    plug.unplug()
                }
                *plugged = wanted;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// Whether someone can hear what is said.
    pub fn is_connected(&self) -> bool {
        match self {
            Plug::Network { stream, .. } => stream.is_some(),
            Plug::Serial { plugged, .. } => *plugged,
        }
    }

    /// Waits a moment for bytes, or for someone to connect.
    pub fn receive(&mut self, buffer: &mut [u8]) -> Came {
        let read = match self {
            Plug::Network { stream: Some(stream), .. } => stream.read(buffer),
            Plug::Network { listener, stream, .. } => {
                *stream = listener.as_ref().and_then(accept);
                if stream.is_none() {
                    thread::sleep(LOOK);
                }
                return Came::Nothing;
            }
            Plug::Serial { plug, plugged: true } => match plug.receive(buffer) {
                Ok(0) => Err(ErrorKind::WouldBlock.into()),
                read => read,
            },
            Plug::Serial { .. } => Err(ErrorKind::WouldBlock.into()),
        };
        match read {
            Ok(count) if count > 0 => Came::Bytes(count),
            Err(error) if is_wait(error.kind()) => {
                if matches!(self, Plug::Serial { .. }) {
                    thread::sleep(GLANCE);
                }
                Came::Nothing
            }
            _ => {
                if let Plug::Network { stream, .. } = self {
                    *stream = None;
                }
                Came::Goodbye
            }
        }
    }

    /// Says `bytes`. Whoever hung up, or does not listen, misses them.
    pub fn send(&mut self, bytes: &[u8]) {
        let _ = match self {
            Plug::Network { stream: Some(stream), .. } => stream.write_all(bytes),
            Plug::Network { .. } => Ok(()),
            Plug::Serial { plug, .. } => plug.send(bytes),
        };
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn accept(listener: &TcpListener) -> Option<TcpStream> {
    let (stream, _) = listener.accept().ok()?;
    let ready = stream
        .set_nonblocking(false)
        .and_then(|()| stream.set_nodelay(true))
        .and_then(|()| stream.set_read_timeout(Some(LOOK)))
        .and_then(|()| stream.set_write_timeout(Some(LOOK)));
    ready.ok().map(|()| stream)
}

fn is_wait(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}
