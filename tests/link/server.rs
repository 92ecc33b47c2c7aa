//! A TLS server that says what it is told to say, and a link of till eu/DE-0417/2 to it.

use evertill::link::{Call, HttpsTransport, LinkOptions, Method};
use evertill_domain::wire::ANSWER_MAX_BYTES;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// An endless answer ends here all the same.
const ENDLESS_BYTES: usize = 64 * 1024 * 1024;
/// A dripping one after so many drops.
const DROPS: usize = 200;
const DROP_PAUSE: Duration = Duration::from_millis(50);
const REQUEST_MAX_BYTES: usize = 64 * 1024;

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
        Certified { chain: vec![certificate.der().clone()], key: key.serialize_der().try_into().unwrap() }
    }
}

/// A certificate with its key.
pub struct Certified {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
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

/// The server; it ends when it is dropped.
pub struct Server {
    pub address: SocketAddr,
    requests: Arc<AtomicUsize>,
    off: Arc<AtomicBool>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Server {
    pub fn start(certified: Certified, says: Says) -> Server {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = config.with_no_client_auth().with_single_cert(certified.chain, certified.key).unwrap();
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, requests) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
        let off = Arc::new(AtomicBool::new(false));
        let (counted, ended) = (requests.clone(), off.clone());
        let serve = move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if ended.load(Ordering::Relaxed) {
                    return;
                }
                let (config, says, counted, ended) = (config.clone(), says.clone(), counted.clone(), ended.clone());
                // The client may hang up at any point; that is the point.
                thread::spawn(move || drop(answer(stream, config, &says, &counted, &ended)));
            }
        };
        Server { address, requests, off, thread: Some(thread::spawn(serve)) }
    }

    /// How many requests came through TLS.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.off.store(true, Ordering::Relaxed);
        // Wakes the thread that waits for a connection.
        let _ = TcpStream::connect(self.address);
        let _ = self.thread.take().unwrap().join();
    }
}

fn answer(
    stream: TcpStream,
    config: Arc<ServerConfig>,
    says: &Says,
    requests: &AtomicUsize,
    off: &AtomicBool,
) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut tls = StreamOwned::new(ServerConnection::new(config).map_err(std::io::Error::other)?, stream);
    let (mut request, mut byte) = (Vec::new(), [0]);
    while !request.ends_with(b"\r\n\r\n") && request.len() < REQUEST_MAX_BYTES {
        tls.read_exact(&mut byte)?;
        request.push(byte[0]);
    }
    requests.fetch_add(1, Ordering::Relaxed);
    let head = b"HTTP/1.1 200 OK\r\nevertill-region: eu\r\ntransfer-encoding: chunked\r\n\r\n";
    match says {
        Says::Bytes(bytes) => {
            tls.write_all(bytes)?;
            tls.conn.send_close_notify();
            tls.flush()?;
        }
        Says::Endless => {
            tls.write_all(head)?;
            let chunk = [b"1000\r\n", &[b'x'; 0x1000][..], b"\r\n"].concat();
            for _ in 0..ENDLESS_BYTES / 0x1000 {
                tls.write_all(&chunk)?;
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
                if off.load(Ordering::Relaxed) {
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
    let folder = TempDir::new().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, authority.pem()).unwrap();
    HttpsTransport::new(LinkOptions {
        till: "eu/DE-0417/2".parse().unwrap(),
        key: ed25519_dalek::SigningKey::from_bytes(&[7; 32]),
        pool: "v41".parse().unwrap(),
        ca: &ca,
        locations: vec![("fra".parse().unwrap(), vec![format!("https://localhost:{}", address.port())])],
    })
    .unwrap()
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
