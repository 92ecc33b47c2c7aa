//! Real servers on loopback for tests, bench and demo, each in a folder of its own under the system's temporary one.
//! What is started here ends with whoever started it, also when that is killed.
//!
//! | room | server |
//! |---|---|
//! | [`postgres`] | PostgreSQL |
//! | [`haproxy`] | HAProxy |
//! | [`redis`] | Redis |
//! | [`daemon`] | how any of them is started and ended |
#![cfg(unix)]

pub mod daemon;
pub mod haproxy;
pub mod postgres;
pub mod redis;

pub use daemon::Daemon;
pub use haproxy::Haproxy;
pub use postgres::Postgres;
pub use redis::Redis;
