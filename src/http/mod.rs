//! The loopback API of `till run`: JSON over HTTP on 127.0.0.1, for the cashier's page and for other programs of the till.
//!
//! Problem: every web page in a browser on this machine, and every program on it, can send bytes to this port; the API
//! sells and opens the drawer. Method: everything passes [`guard`] before a route is looked for; nothing changes on GET;
//! every act carries an idempotency key and runs to its end even when its caller has gone.
//!
//! | room | what it holds |
//! |---|---|
//! | [`bind`] | the port, on loopback only |
//! | [`token`] | the machine token and its file |
//! | [`server`], [`stream`] | connections and their caps |
//! | [`guard`] | Host, Origin, token, rate, answer headers, deadline |
//! | [`state`] | what the agent hands in |
//! | [`outlet`] | what an act sets off: device commands and events |
//! | [`routes`] | one noun a file; the OpenAPI document comes from them |
//! | [`views`], [`convert`] | what is shown: the JSON shapes, and how they are filled |
//! | [`extract`] | idempotency key and body, parsed once |
//! | [`problem`], [`errors`] | refusals, and which status each error gets |
//! | [`events`] | server-sent events |
//! | [`counter_page`] | the cashier's page at `/counter` |
//! | [`customer_page`] | what the customer sees, at `/customer` |
//! | [`client`] | the caller's side, for `till status` |

mod bind;
pub mod client;
mod convert;
mod counter_page;
pub mod customer_page;
mod errors;
mod events;
mod extract;
mod guard;
mod outlet;
pub mod problem;
mod routes;
mod server;
mod state;
mod stream;
mod token;
pub mod views;

pub use bind::{HttpError, bind};
pub use events::{EVENTS_MAX, Event};
pub use outlet::Outlet;
pub use routes::openapi;
pub use server::{Limits, serve};
pub use state::{Api, PoolName, RenderPng};
pub use token::{MachineToken, TOKEN_FILE};
pub use views::{DeviceState, DeviceStates, LocationView, SyncView};

/// Where the OpenAPI document is served, without the token.
pub const OPENAPI_PATH: &str = "/v1/openapi.json";
