//! One till sells: a real process, a real SQLite file, both locations of head office over TLS, emulated devices.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)] // a failed test is a panic

#[path = "selling/devices.rs"]
mod devices;
#[path = "selling/doctor.rs"]
mod doctor;
#[path = "selling/foreign.rs"]
mod foreign;
#[path = "selling/kill.rs"]
mod kill;
#[path = "selling/outage.rs"]
mod outage;
#[path = "selling/pilot.rs"]
mod pilot;
#[path = "support/publishing.rs"]
mod publishing;
#[path = "selling/refusals.rs"]
mod refusals;
#[path = "selling/tamper.rs"]
mod tamper;
#[path = "selling/world.rs"]
mod world;
