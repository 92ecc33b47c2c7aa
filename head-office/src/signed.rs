//! Who asks: the request's signature against the register, and its body under a cap.
//!
//! The headers are looked at first, so that a stranger's body is never kept in memory, nor takes a place that is another's.
//! A body that is refused is read
//! on for a while and thrown away: a sender that is cut off in the middle would see a reset instead of the reason.

use crate::limits::DISCARD_MAX_BYTES;
use crate::places::Place;
use crate::problem::Refusal;
use crate::state::State;
use axum::body::Body;
use axum::extract::Request;
use ed25519_dalek::VerifyingKey;
use evertill_domain::ids::TillId;
use evertill_domain::signature::{self, SignatureError, SignedHeaders};
use http::header::CONTENT_ENCODING;
use http::request::Parts;
use http_body_util::BodyExt;

/// A request whose till is known for sure.
#[derive(Debug)]
pub struct Signed<'a> {
    /// Who signed it.
    pub till: TillId,
    /// With which key.
    pub key: VerifyingKey,
    /// Its query, without the question mark.
    pub query: String,
    /// Its `Content-Encoding`.
    pub encoding: Option<String>,
    /// Its body as sent.
    pub body: Vec<u8>,
    /// The body's place in memory.
    _place: Place<'a>,
}

impl Signed<'_> {
    /// Refuses a request whose path, `region/store/number`, names another till than the signer.
    ///
    /// # Errors
    /// [`Refusal::NotYours`].
    pub fn must_be(&self, path: &(String, String, String)) -> Result<(), Refusal> {
        let path = format!("{}/{}/{}", path.0, path.1, path.2);
        if path == self.till.to_string() { Ok(()) } else { Err(Refusal::NotYours { signer: self.till.clone(), path }) }
    }

    /// Refuses a request about another store than the signer's.
    ///
    /// # Errors
    /// [`Refusal::NotYours`].
    pub fn must_be_of(&self, store: &str) -> Result<(), Refusal> {
        let mine = store == self.till.store.as_str();
        if mine { Ok(()) } else { Err(Refusal::NotYours { signer: self.till.clone(), path: store.to_owned() }) }
    }
}

/// Reads a request's body, at most `max_bytes`, and checks who signed it.
///
/// # Errors
/// [`Refusal`]: 401, 403, 413; 429 when this till asks too much at once, 503 when all do.
pub async fn read(state: &State, request: Request, max_bytes: usize) -> Result<Signed<'_>, Refusal> {
    let (parts, body) = request.into_parts();
    let placed = match known_signer(state, &parts) {
        Ok(signer) => state.places.enter(&signer.1).await.map(|place| (signer, place)),
        Err(refusal) => Err(refusal),
    };
    match placed {
        Ok(((headers, till, key), place)) => {
            let body = read_body(body, max_bytes).await?;
            signature::verify_body(&body, &headers)?;
            let encoding = header(&parts, CONTENT_ENCODING.as_str()).map(str::to_owned);
            let query = parts.uri.query().unwrap_or("").to_owned();
            Ok(Signed { till, key, query, encoding, body, _place: place })
        }
        Err(refusal) => {
            // The answer is the refusal, whatever becomes of the body.
            let _ = read_body(body, 0).await;
            Err(refusal)
        }
    }
}

/// Who signed the headers, if that till is one that may speak here.
fn known_signer(state: &State, parts: &Parts) -> Result<(SignedHeaders, TillId, VerifyingKey), Refusal> {
    let text = |name: &'static str| header(parts, name).map(str::to_owned).ok_or(SignatureError::Header(name));
    let headers = SignedHeaders {
        content_digest: text("Content-Digest")?,
        signature_input: text("Signature-Input")?,
        signature: text("Signature")?,
    };
    let till = signature::claimed_till(&headers)?;
    if till.region != state.config.region {
        return Err(Refusal::Foreign { till, ours: state.config.region.clone() });
    }
    let Some(key) = state.tills.current().key(&till).copied() else { return Err(Refusal::Unknown(till)) };
    let (method, path, query) = (parts.method.as_str(), parts.uri.path(), parts.uri.query().unwrap_or(""));
    signature::verify_head(signature::Request { method, path, query, body: &[] }, &headers, &key)?;
    Ok((headers, till, key))
}

fn header<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    parts.headers.get(name)?.to_str().ok()
}

/// The body, if it is at most `max_bytes` long.
async fn read_body(mut body: Body, max_bytes: usize) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    let mut discarded = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| Refusal::Request(format!("the body broke off: {error}")))?;
        let Ok(data) = frame.into_data() else { continue };
        if discarded == 0 && bytes.len() + data.len() <= max_bytes {
            bytes.extend_from_slice(&data);
            continue;
        }
        bytes = Vec::new();
        discarded += data.len();
        if discarded > DISCARD_MAX_BYTES {
            break;
        }
    }
    if discarded > 0 { Err(Refusal::TooLarge { max_bytes }) } else { Ok(bytes) }
}
