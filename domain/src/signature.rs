//! Who sent a request: HTTP Message Signatures (RFC 9421) with Ed25519 over method, path, query and Content-Digest
//! (RFC 9530). Authority and scheme stay out, so that a load balancer that ends TLS changes nothing that is signed.
//!
//! A replay is harmless, because every request is idempotent; so `created` is for people who read logs. A till whose
//! clock says 1970 must be able to talk, hence nobody judges it.

use crate::ids::TillId;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

const COMPONENTS: &str = r#"("@method" "@path" "@query" "content-digest")"#;
const LABEL: &str = "till";

/// Why a request's signature was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// A header is missing or not of the one form that tills send.
    #[error("the header {0} is missing or not of the form that a till sends")]
    Header(&'static str),
    /// The body is not the one that was signed.
    #[error("the body does not match Content-Digest")]
    Digest,
    /// Signed by another key, or for another request.
    #[error("the signature is not this till's signature of this request")]
    Mismatch,
}

/// What is signed of a request.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// `GET` or `POST`.
    pub method: &'a str,
    /// The path, from the first slash, as sent.
    pub path: &'a str,
    /// The query as sent, without the question mark; empty when there is none.
    pub query: &'a str,
    /// The body as sent (compressed).
    pub body: &'a [u8],
}

/// The three headers of a signed request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedHeaders {
    /// `Content-Digest`
    pub content_digest: String,
    /// `Signature-Input`
    pub signature_input: String,
    /// `Signature`
    pub signature: String,
}

/// Signs `request` as `till`; `created_s` is the till's clock in seconds since 1970.
pub fn sign(request: Request<'_>, till: &TillId, created_s: u64, key: &SigningKey) -> SignedHeaders {
    let content_digest = digest_of(request.body);
    let parameters = format!(r#"{COMPONENTS};created={created_s};keyid="{till}";alg="ed25519""#);
    let signature = key.sign(base(request, &content_digest, &parameters).as_bytes());
    SignedHeaders {
        content_digest,
        signature_input: format!("{LABEL}={parameters}"),
        signature: format!("{LABEL}=:{}:", STANDARD.encode(signature.to_bytes())),
    }
}

/// The till that a request claims to come from; true only once [`verify_head`] agrees with that till's key.
pub fn claimed_till(headers: &SignedHeaders) -> Result<TillId, SignatureError> {
    parse_input(&headers.signature_input).map(|(_, till)| till)
}

/// Checks that `body` is the one whose digest the headers name.
pub fn verify_body(body: &[u8], headers: &SignedHeaders) -> Result<(), SignatureError> {
    if headers.content_digest == digest_of(body) { Ok(()) } else { Err(SignatureError::Digest) }
}

/// Checks that the holder of `key` signed all of `request` but its body, of which the signature covers the digest: so a
/// stranger is known before a byte of the body is read.
pub fn verify_head(request: Request<'_>, headers: &SignedHeaders, key: &VerifyingKey) -> Result<(), SignatureError> {
    let (parameters, _) = parse_input(&headers.signature_input)?;
    let signature = (headers.signature.strip_prefix(LABEL))
        .and_then(|rest| rest.strip_prefix("=:")?.strip_suffix(':'))
        .and_then(|text| STANDARD.decode(text).ok())
        .and_then(|bytes| <[u8; 64]>::try_from(bytes).ok())
        .ok_or(SignatureError::Header("Signature"))?;
    let base = base(request, &headers.content_digest, parameters);
    key.verify_strict(base.as_bytes(), &ed25519_dalek::Signature::from_bytes(&signature))
        .map_err(|_| SignatureError::Mismatch)
}

fn digest_of(body: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(body)))
}

/// The signature base of RFC 9421, section 2.5.
fn base(request: Request<'_>, content_digest: &str, parameters: &str) -> String {
    let Request { method, path, query, .. } = request;
    format!(
        "\"@method\": {method}\n\"@path\": {path}\n\"@query\": ?{query}\n\"content-digest\": {content_digest}\n\"@signature-params\": {parameters}"
    )
}

/// Splits `Signature-Input` into its parameters and the till that it names.
fn parse_input(input: &str) -> Result<(&str, TillId), SignatureError> {
    let parse = || {
        let parameters = input.strip_prefix(LABEL)?.strip_prefix('=')?;
        let rest = parameters.strip_prefix(COMPONENTS)?.strip_prefix(";created=")?;
        let (created, rest) = rest.split_once(';')?;
        created.parse::<u64>().ok()?;
        let till = rest.strip_prefix("keyid=\"")?.strip_suffix("\";alg=\"ed25519\"")?;
        Some((parameters, till.parse().ok()?))
    };
    parse().ok_or(SignatureError::Header("Signature-Input"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As head office does: the head first, then the body.
    fn verify(request: Request<'_>, headers: &SignedHeaders, key: &VerifyingKey) -> Result<(), SignatureError> {
        verify_head(request, headers, key)?;
        verify_body(request.body, headers)
    }

    fn request<'a>() -> Request<'a> {
        Request { method: "POST", path: "/v1/tills/eu/DE-0417/2/journal", query: "", body: b"line\n" }
    }

    #[test]
    fn a_signed_request_verifies_and_names_its_till() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let till: TillId = "eu/DE-0417/2".parse().unwrap();
        let headers = sign(request(), &till, 0, &key);
        assert_eq!(claimed_till(&headers), Ok(till));
        assert_eq!(verify(request(), &headers, &key.verifying_key()), Ok(()));
    }

    #[test]
    fn any_change_of_request_or_headers_is_refused() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let headers = sign(request(), &"eu/DE-0417/2".parse().unwrap(), 1_700_000_000, &key);
        let verifying = key.verifying_key();
        let changed = [
            Request { method: "GET", ..request() },
            Request { path: "/v1/tills/eu/DE-0417/3/journal", ..request() },
            Request { query: "epoch=1", ..request() },
            Request { body: b"another", ..request() },
        ];
        for request in changed {
            assert!(verify(request, &headers, &verifying).is_err(), "{request:?}");
        }
        let swapped = SignedHeaders { signature_input: headers.signature_input.replace("/2", "/3"), ..headers.clone() };
        assert_eq!(verify(request(), &swapped, &verifying), Err(SignatureError::Mismatch));
        let other = SigningKey::from_bytes(&[8; 32]).verifying_key();
        assert_eq!(verify(request(), &headers, &other), Err(SignatureError::Mismatch));
        for broken in ["", "till=", "till=()", "sig1=(\"@method\");created=1;keyid=\"x\""] {
            let broken = SignedHeaders { signature_input: broken.to_owned(), ..headers.clone() };
            assert_eq!(verify(request(), &broken, &verifying), Err(SignatureError::Header("Signature-Input")));
        }
    }
}
