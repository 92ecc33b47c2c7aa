//! The cashier's page on the wire: forms in, HTML out.
//!
//! Problem: the page ([`crate::page`]) knows no counter and the counter knows no page; a browser reloads, goes back, opens
//! two windows and clicks twice. Method: a form becomes an [`act::Act`], the act goes to the counter with the key of the
//! rendering it stood in, and what is shown is read from the counter afresh, whatever came of it. What the counter refuses
//! for want of a role waits in the session until a second person has entered their PIN.
//!
//! | room | what |
//! |---|---|
//! | [`session`] | who this browser is, and what waits for a PIN |
//! | [`routes`] | paths, cookies, events, the picture of a receipt |
//! | [`act`] | a form as an act |
//! | [`perform`], [`verb`] | an act at the counter, and what is said of it |
//! | [`say`] | refusals in words |
//! | [`show`], [`panels`], [`past`], [`strip`] | what is the case, as a screen |
//! | [`writing`] | amounts, quantities, days and reasons in the store's manner |

mod act;
mod panels;
mod past;
mod perform;
mod routes;
mod say;
mod session;
mod show;
mod strip;
mod verb;
mod writing;

pub(super) use routes::router;
pub(super) use session::Sessions;
pub(super) use writing::Manner;
