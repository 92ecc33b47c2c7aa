//! Who this browser is. A till has one cashier at a time, so it has one session; a new sign-on ends the one before.

use super::act::Act;
use axum::http::{HeaderMap, header};
use evertill_domain::quantity::Quantity;
use std::sync::{Mutex, MutexGuard, PoisonError};
use subtle::ConstantTimeEq;

/// The cookie's name.
const COOKIE: &str = "evertill";
const TOKEN_BYTES: usize = 32;

/// What a session remembers beside what the counter knows.
#[derive(Clone, Default)]
pub(super) struct Session {
    /// Number of the cashier who signed on in this browser.
    pub(super) cashier: u32,
    /// An act that waits for a second person's PIN.
    pub(super) pending: Option<Act>,
    /// Goods that come back without a receipt, by code; `None` when nothing of the kind is going on.
    pub(super) goods: Option<Vec<(String, Quantity)>>,
    /// The receipt of the sale that was just made here.
    pub(super) sold: Option<u64>,
    /// What the hardware scanner read last and the counter refused, and why; until the page has said so.
    pub(super) refused_scan: Option<(String, String)>,
}

/// The session, if somebody is signed on by the page.
#[derive(Default)]
pub(in crate::http) struct Sessions(Mutex<Option<(String, Session)>>);

impl Sessions {
    fn lock(&self) -> MutexGuard<'_, Option<(String, Session)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins the session of a cashier; gives the `Set-Cookie` header, or `None` when the system has no random bytes.
    pub(super) fn begin(&self, cashier: u32) -> Option<String> {
        let mut bytes = [0; TOKEN_BYTES];
        getrandom::fill(&mut bytes).ok()?;
        let token: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        *self.lock() = Some((token.clone(), Session { cashier, ..Session::default() }));
        Some(format!("{COOKIE}={token}; HttpOnly; SameSite=Strict; Path=/counter"))
    }

    /// The session of the browser that sent `headers`.
    pub(super) fn find(&self, headers: &HeaderMap) -> Option<Session> {
        let offered = cookie(headers)?;
        let session = self.lock();
        let (token, session) = session.as_ref()?;
        bool::from(token.as_bytes().ct_eq(offered.as_bytes())).then(|| session.clone())
    }

    /// Whether `headers` come from the browser that is signed on.
    pub(in crate::http) fn knows(&self, headers: &HeaderMap) -> bool {
        self.find(headers).is_some()
    }

    /// Remembers something.
    pub(super) fn change(&self, change: impl FnOnce(&mut Session)) {
        if let Some((_, session)) = self.lock().as_mut() {
            change(session);
        }
    }

    /// What waits for a second person's PIN.
    pub(super) fn pending(&self) -> Option<Act> {
        self.lock().as_ref().and_then(|(_, session)| session.pending.clone())
    }

    /// What the hardware scanner read and the counter refused; it is said once.
    pub(super) fn take_refused_scan(&self) -> Option<(String, String)> {
        self.lock().as_mut().and_then(|(_, session)| session.refused_scan.take())
    }

    /// Ends the session.
    pub(super) fn end(&self) {
        *self.lock() = None;
    }
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    pairs.flat_map(|value| value.split(';')).find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_cookie_is_known() {
        let sessions = Sessions::default();
        let headers = |cookie: &str| {
            let value = cookie.split(';').next().unwrap().parse().unwrap();
            HeaderMap::from_iter([(header::COOKIE, value)])
        };
        let first = headers(&sessions.begin(1).unwrap());
        assert!(sessions.knows(&first));
        let second = headers(&sessions.begin(2).unwrap());
        assert!(!sessions.knows(&first) && sessions.knows(&second));
        assert!(!sessions.knows(&HeaderMap::new()) && !sessions.knows(&headers("evertill=00")));
        sessions.end();
        assert!(!sessions.knows(&second));
    }
}
