//! The loopback API over real sockets: what it serves, and that every control of its security refuses and changes nothing.

#![allow(clippy::unwrap_used, clippy::panic)] // a failed test is a panic

#[path = "http/ask.rs"]
mod ask;
#[path = "http/till.rs"]
mod till;

#[path = "http/caps.rs"]
mod caps;
#[path = "http/customer.rs"]
mod customer;
#[path = "http/events.rs"]
mod events;
#[path = "http/foreign.rs"]
mod foreign;
#[path = "http/keys.rs"]
mod keys;
#[path = "http/open.rs"]
mod open;
#[path = "http/page.rs"]
mod page;
#[path = "http/selling.rs"]
mod selling;
