//! Head office: receives, answers and watches the tills of one location.
//!
//! | room | what it does |
//! |---|---|
//! | [`config`], [`tills`], [`watched`] | the files it lives by, read again when they change |
//! | [`server`], [`tls`], [`limits`], [`descriptors`] | connections: handshakes, caps, drain |
//! | [`routes`], [`signed`], [`places`], [`problem`] | the routes of `domain::wire`, who asks, how much at once, and every refusal |
//! | [`batch`], [`ingest`] | a journal batch: bytes to checked entries, entries to an answer |
//! | [`store`] | where it is kept; a failed disk is said, never guessed |
//! | [`publications`], [`publish`] | what is published to the tills: as a location has it, and how it comes there |
//! | [`pin`] | hashes of cashiers' PINs |
//! | [`completeness`], [`fleet`], [`cli`] | what is here and what is missing, for people |
//! | [`operators`], [`pages`], [`peers`] | who may look and act, what they see, and the other locations that are asked |
//! | [`metrics`] | the same for Prometheus |
//! | [`simulate`] | thousands of tills that load a service |

pub mod batch;
pub mod cli;
mod clock;
pub mod completeness;
pub mod config;
pub mod descriptors;
pub mod fleet;
pub mod ingest;
pub mod limits;
pub mod metrics;
pub mod operators;
pub mod pages;
pub mod peers;
pub mod pin;
pub mod places;
pub mod problem;
pub mod publications;
pub mod publish;
pub mod routes;
pub mod server;
pub mod signed;
pub mod simulate;
pub mod state;
pub mod store;
pub mod tills;
pub mod tls;
pub mod watched;

pub use config::{Config, ConfigError};
pub use limits::Limits;
pub use server::{ServeError, Server, serve, serve_with};
