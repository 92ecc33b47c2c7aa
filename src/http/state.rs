//! What the agent hands to the API, and what the API keeps beside it.

use super::counter_page::Sessions;
use super::customer_page::Customer;
use super::outlet::Outlet;
use super::views::{DeviceStates, SyncView};
use crate::counter::Counter;
use crate::journal::Journal;
use evertill_domain::ids::TillId;
use evertill_domain::receipt::Receipt;
use std::sync::Arc;
use tokio::sync::{Semaphore, watch};

/// Most event streams at once; a till has one or two screens.
const STREAMS_MAX: usize = 16;

/// Draws a receipt as PNG, or says why not. Handed in because only `peripherals` may know how devices draw.
pub type RenderPng = Arc<dyn Fn(&Receipt) -> Result<Vec<u8>, String> + Send + Sync>;

/// Tells the pool whose servers the till talks to now.
pub type PoolName = Arc<dyn Fn() -> String + Send + Sync>;

/// What the API serves.
#[derive(Clone)]
pub struct Api {
    /// The till.
    pub till: TillId,
    /// The pool whose servers the till talks to now.
    pub pool: PoolName,
    /// The cashier's verbs.
    pub counter: Arc<Counter>,
    /// Read only: entries, sales.
    pub journal: Journal,
    /// Where the journal's delivery stands.
    pub sync: watch::Receiver<SyncView>,
    /// What is wrong, one plain sentence each; empty when all is well.
    pub alarms: watch::Receiver<Vec<String>>,
    /// What is known of printer, drawer and scanner.
    pub devices: watch::Receiver<DeviceStates>,
    /// What a scanner that types into the page is set to send before each code.
    pub scanner_prefix: Option<char>,
    /// What the customer sees.
    pub customer: watch::Receiver<Customer>,
    /// Where device commands and events go; the agent's own acts (a hardware scan) go through it as well.
    pub outlet: Arc<Outlet>,
    /// Draws receipts.
    pub render_png: RenderPng,
}

/// The API and what belongs to one server.
pub(super) struct Context {
    pub(super) api: Api,
    /// True once the server closes: event streams end by it.
    pub(super) closing: watch::Receiver<bool>,
    /// One permit an event stream.
    pub(super) streams: Arc<Semaphore>,
    /// Who is signed on by the page.
    pub(super) pages: Arc<Sessions>,
}

impl Context {
    pub(super) fn new(api: Api, pages: Arc<Sessions>, closing: watch::Receiver<bool>) -> Context {
        Context { api, closing, streams: Arc::new(Semaphore::new(STREAMS_MAX)), pages }
    }
}
