//! The link against servers that are foreign, hostile or broken: real TLS on loopback, and every answer capped, classed,
//! and believed only when it is the region's.
#![allow(clippy::unwrap_used, clippy::panic)] // a failed test is a panic

#[path = "link/answers.rs"]
mod answers;
#[path = "link/certificates.rs"]
mod certificates;
#[path = "link/server.rs"]
mod server;
