//! The other side of the API, for `till status`, the demo and tests: one request a connection, to this machine only.
//!
//! It takes no proxy from the environment: the token must not leave the machine.

use super::bind::{HttpError, require_loopback};
use super::token::MachineToken;
use super::views::Status;
use bytes::Bytes;
use evertill_domain::ids::IdempotencyKey;
use evertill_domain::wire::Problem;
use http_body_util::{BodyExt, Full, Limited};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;

/// From connecting to the last byte of the answer. A little more than the server's own deadline, so that its reason is heard.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(12);
/// Most bytes of an answer. A receipt's picture has under 200 KB.
const ANSWER_MAX_BYTES: usize = 4 * 1024 * 1024;

/// Why the till's API gave no answer to use.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The address is not this machine's.
    #[error(transparent)]
    Address(#[from] HttpError),
    /// Nobody listens.
    #[error("no till answers at {address}: is `till run` up? ({source})")]
    Connect {
        /// Where.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The connection broke or the answer is no HTTP.
    #[error("the till at {address} gave no whole answer: {detail}")]
    Broken {
        /// Where.
        address: SocketAddr,
        /// What happened.
        detail: String,
    },
    /// The till took too long.
    #[error("the till at {0} did not answer in time")]
    Timeout(SocketAddr),
    /// The till refused.
    #[error("the till refused ({}): {}", .0.status, .0.detail)]
    Refused(Box<Problem>),
}

/// A caller of one till's API.
#[derive(Debug, Clone)]
pub struct Client {
    address: SocketAddr,
    token: MachineToken,
}

impl Client {
    /// A caller of the till at `address`, trusted by `token`.
    ///
    /// # Errors
    /// [`HttpError::NotLoopback`] for an address of another machine: the token is not sent there.
    pub fn new(address: SocketAddr, token: MachineToken) -> Result<Client, HttpError> {
        require_loopback(address)?;
        Ok(Client { address, token })
    }

    /// What the till says of itself.
    ///
    /// # Errors
    /// [`ClientError`], also when the answer is of another shape.
    pub async fn status(&self) -> Result<Status, ClientError> {
        self.get("/v1/status").await
    }

    /// The JSON answer to `GET path`.
    ///
    /// # Errors
    /// As [`Client::status`].
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        let body = self.get_bytes(path).await?;
        self.parse(&body)
    }

    /// The answer to `GET path`, as it is: a receipt's text or picture.
    ///
    /// # Errors
    /// As [`Client::status`].
    pub async fn get_bytes(&self, path: &str) -> Result<Bytes, ClientError> {
        self.ask(self.request(Method::GET, path).body(Full::default())).await
    }

    /// The JSON answer to `POST path` with `body`, one act under `key`.
    ///
    /// # Errors
    /// As [`Client::status`].
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        key: &IdempotencyKey,
        body: &impl Serialize,
    ) -> Result<T, ClientError> {
        let json = serde_json::to_vec(body).map_err(|error| self.broken(error))?;
        let request = self
            .request(Method::POST, path)
            .header(CONTENT_TYPE, "application/json")
            .header("idempotency-key", key.as_str())
            .body(Full::from(json));
        let body = self.ask(request).await?;
        self.parse(&body)
    }

    fn request(&self, method: Method, path: &str) -> hyper::http::request::Builder {
        Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, self.address.to_string())
            .header(AUTHORIZATION, format!("Bearer {}", self.token.as_str()))
    }

    async fn ask(&self, request: hyper::http::Result<Request<Full<Bytes>>>) -> Result<Bytes, ClientError> {
        let request = request.map_err(|error| self.broken(error))?;
        tokio::time::timeout(REQUEST_TIMEOUT, self.exchange(request))
            .await
            .map_err(|_| ClientError::Timeout(self.address))?
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<Bytes, ClientError> {
        let address = self.address;
        let stream = TcpStream::connect(address).await.map_err(|source| ClientError::Connect { address, source })?;
        let handshake = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
        let (mut sender, connection) = handshake.map_err(|error| self.broken(error))?;
        let answered = async {
            let response = sender.send_request(request).await.map_err(|error| self.broken(error))?;
            let status = response.status();
            let body = Limited::new(response.into_body(), ANSWER_MAX_BYTES).collect().await;
            Ok::<_, ClientError>((status, body.map_err(|error| self.broken(error))?.to_bytes()))
        };
        tokio::pin!(answered);
        let (status, body) = tokio::select! {
            answer = &mut answered => answer?,
            // The connection may end before its last answer is taken from it.
            _ = connection => answered.await?,
        };
        if status.is_success() { Ok(body) } else { Err(self.refusal(status, &body)) }
    }

    fn refusal(&self, status: StatusCode, body: &[u8]) -> ClientError {
        match serde_json::from_slice(body) {
            Ok(problem) => ClientError::Refused(Box::new(problem)),
            Err(_) => self.broken(format!("status {status} without a problem: is it a till that listens there?")),
        }
    }

    fn parse<T: DeserializeOwned>(&self, body: &[u8]) -> Result<T, ClientError> {
        serde_json::from_slice(body).map_err(|error| self.broken(error))
    }

    fn broken(&self, detail: impl ToString) -> ClientError {
        ClientError::Broken { address: self.address, detail: detail.to_string() }
    }
}
