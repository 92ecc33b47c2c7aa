//! A TLS server that says what it is told to say, and a link of till eu/DE-0417/2 to it.

use ed25519_dalek::SigningKey;
use evertill::clock::{Clock, SystemClock};
use evertill::link::{Call, HttpsTransport, LinkOptions, Method, Routes};
use evertill_domain::wire::ANSWER_MAX_BYTES;
use rcgen::{BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::watch;

/// An endless answer ends here all the same.
pub const ENDLESS_BYTES: usize = 64 * 1024 * 1024;
/// A dripping one after so many drops.
const DROPS: usize = 200;
const DROP_PAUSE: Duration = Duration::from_millis(50);
const REQUEST_MAX_BYTES: usize = 2 * 1024 * 1024;

/// The till of these tests.
pub const TILL: &str = "eu/DE-0417/2";

/// Its key.
pub fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

/// A certificate authority.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    pub fn new() -> Authority {
        let mut params = CertificateParams::new(vec![]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Authority { issuer: CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap() }
    }

    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// A certificate for `name`, with its validity as `change` leaves it.
    pub fn issue(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Certified {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        change(&mut params);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Certified { certificate, key }
    }
}

/// A certificate with its key.
pub struct Certified {
    certificate: Certificate,
    key: KeyPair,
}

impl Certified {
    /// Certificate and key as a head office reads them.
    pub fn pem(&self) -> (String, String) {
        (self.certificate.pem(), self.key.serialize_pem())
    }

    fn server_config(&self) -> ServerConfig {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let key = self.key.serialize_der().try_into().unwrap();
        config.with_no_client_auth().with_single_cert(vec![self.certificate.der().clone()], key).unwrap()
    }
}

/// What the server says to every request.
#[derive(Clone)]
pub enum Says {
    /// These bytes, and closes.
    Bytes(Vec<u8>),
    /// A head, and then a body without an end.
    Endless,
    /// A head, and then a byte now and then.
    Drips,
    /// Nothing.
    Silence,
}

/// What the server's threads share.
struct Shared {
    config: Arc<ServerConfig>,
    says: Box<dyn Fn(&str) -> Says + Send + Sync>,
    requests: AtomicUsize,
    longest_bytes: AtomicUsize,
    off: AtomicBool,
}

/// The server; it ends when it is dropped.
pub struct Server {
    pub address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Server {
    /// Says the same to every request.
    pub fn start(certified: Certified, says: Says) -> Server {
        Server::start_by_path(certified, move |_| says.clone())
    }

    /// Says what `says` makes of the request's path.
    pub fn start_by_path(certified: Certified, says: impl Fn(&str) -> Says + Send + Sync + 'static) -> Server {
        Server::start_at("127.0.0.1:0".parse().unwrap(), certified, says)
    }

    /// The same at an address.
    pub fn start_at(
        at: SocketAddr,
        certified: Certified,
        says: impl Fn(&str) -> Says + Send + Sync + 'static,
    ) -> Server {
        let shared = Arc::new(Shared {
            config: Arc::new(certified.server_config()),
            says: Box::new(says),
            requests: AtomicUsize::new(0),
            longest_bytes: AtomicUsize::new(0),
            off: AtomicBool::new(false),
        });
        let listener = TcpListener::bind(at).unwrap();
        let address = listener.local_addr().unwrap();
        let served = shared.clone();
        let serve = move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if served.off.load(Ordering::Relaxed) {
                    return;
                }
                let shared = served.clone();
                // The client may hang up at any point; that is the point.
                thread::spawn(move || drop(answer(stream, &shared)));
            }
        };
        Server { address, shared, thread: Some(thread::spawn(serve)) }
    }

    /// How many requests came through TLS.
    pub fn requests(&self) -> usize {
        self.shared.requests.load(Ordering::Relaxed)
    }

    /// Most bytes of an endless answer that were taken before the line was cut, what the system buffers included.
    pub fn longest_bytes(&self) -> usize {
        self.shared.longest_bytes.load(Ordering::Relaxed)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.off.store(true, Ordering::Relaxed);
        // Wakes the thread that waits for a connection.
        let _ = TcpStream::connect(self.address);
        let _ = self.thread.take().unwrap().join();
    }
}

/// Reads a request to its last byte, for a server that closes before sends a reset; its path.
fn read_request(tls: &mut impl Read) -> std::io::Result<String> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && head.len() < REQUEST_MAX_BYTES {
        tls.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length = length.and_then(|length| length.parse().ok()).unwrap_or(0);
    std::io::copy(&mut tls.take(length), &mut std::io::sink())?;
    Ok(head.split([' ', '?']).nth(1).unwrap_or_default().to_owned())
}

fn answer(stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let connection = ServerConnection::new(shared.config.clone()).map_err(std::io::Error::other)?;
    let mut tls = StreamOwned::new(connection, stream);
    let path = read_request(&mut tls)?;
    shared.requests.fetch_add(1, Ordering::Relaxed);
    let head = b"HTTP/1.1 200 OK\r\nevertill-region: eu\r\ntransfer-encoding: chunked\r\n\r\n";
    match (shared.says)(&path) {
        Says::Bytes(bytes) => {
            tls.write_all(&bytes)?;
            tls.conn.send_close_notify();
            tls.flush()?;
        }
        Says::Endless => {
            tls.write_all(head)?;
            let chunk = [b"1000\r\n", &[b'x'; 0x1000][..], b"\r\n"].concat();
            for chunks in 1..=ENDLESS_BYTES / 0x1000 {
                tls.write_all(&chunk)?;
                shared.longest_bytes.fetch_max(chunks * 0x1000, Ordering::Relaxed);
            }
        }
        Says::Drips => {
            tls.write_all(head)?;
            for _ in 0..DROPS {
                tls.write_all(b"1\r\n \r\n")?;
                thread::sleep(DROP_PAUSE);
            }
        }
        Says::Silence => {
            for _ in 0..DROPS {
                if shared.off.load(Ordering::Relaxed) {
                    break;
                }
                thread::sleep(DROP_PAUSE);
            }
        }
    }
    Ok(())
}

/// A whole answer of a server of `region`.
pub fn response(status: u16, region: &str, headers: &str, body: &str) -> Says {
    let length = body.len();
    let text = format!(
        "HTTP/1.1 {status} X\r\nevertill-region: {region}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    Says::Bytes(text.into_bytes())
}

/// A link of till eu/DE-0417/2 to one location, which trusts `authority`.
pub fn link(authority: &Authority, address: SocketAddr) -> HttpsTransport {
    link_to(authority, &[("fra", address)], Arc::new(SystemClock))
}

/// A link of till eu/DE-0417/2 to these locations, by this clock.
pub fn link_to(authority: &Authority, locations: &[(&str, SocketAddr)], clock: Arc<dyn Clock>) -> HttpsTransport {
    let folder = TempDir::new().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, authority.pem()).unwrap();
    let routes = watch::channel(routes("v41", locations)).1;
    HttpsTransport::new(LinkOptions { till: TILL.parse().unwrap(), key: key(), ca: &ca, routes, clock }).unwrap()
}

/// The way of `pool` to these locations.
pub fn routes(pool: &str, locations: &[(&str, SocketAddr)]) -> Arc<Routes> {
    let at = |(name, address): &(&str, SocketAddr)| {
        (name.parse().unwrap(), vec![format!("https://localhost:{}", address.port())])
    };
    Arc::new(Routes { pool: pool.parse().unwrap(), locations: locations.iter().map(at).collect() })
}

/// A question to that location.
pub fn question() -> Call {
    Call {
        location: "fra".parse().unwrap(),
        method: Method::Get,
        path: "/ready".to_owned(),
        query: String::new(),
        body: bytes::Bytes::new(),
        content_type: "",
        content_encoding: "",
        answer_max_bytes: ANSWER_MAX_BYTES,
    }
}
