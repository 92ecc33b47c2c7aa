//! The rules of the shop. Pure: no clock, no files, no sockets, no randomness; time is always an argument.
//!
//! | room | what it decides |
//! |---|---|
//! | [`ids`] | names of regions, stores, tills, epochs, days |
//! | [`entry`], [`chain`] | what is written, and how tampering shows |
//! | [`money`], [`quantity`], [`barcode`] | amounts, weights and codes that cannot be wrong |
//! | [`catalogue`], [`locale`], [`moment`] | what a store sells, since when, and how it writes |
//! | [`promotion`], [`discount`], [`age`] | what is cheaper together, what is taken off by hand, who may buy |
//! | [`basket`], [`tax`], [`tender`] | what a customer pays, and with what |
//! | [`sale`], [`receipt`] | what is recorded of it, and what is handed over |
//! | [`refund`], [`voucher`], [`reason`] | what is given back, and why |
//! | [`event`], [`shift`], [`report`], [`paper`] | what each entry says, the cash in the drawer, the totals of a day, and their paper |
//! | [`drawer`] | what opens the drawer, and how long it may stand open |
//! | [`role`], [`cashier`], [`staff`], [`lockout`] | who may do what, and who has guessed too often |
//! | [`failover`], [`outbox`], [`random`] | where to talk, and what is still to be said |
//! | [`publication`], [`piloting`] | what head office publishes to a region, and which pool a store belongs to |
//! | [`wire`], [`signature`] | what till and head office say to each other, and who said it |

pub mod age;
pub mod barcode;
pub mod basket;
pub mod cashier;
pub mod catalogue;
pub mod chain;
pub mod discount;
pub mod drawer;
pub mod entry;
pub mod event;
pub mod failover;
pub mod ids;
pub mod locale;
pub mod lockout;
pub mod moment;
pub mod money;
pub mod outbox;
pub mod paper;
pub mod piloting;
pub mod promotion;
pub mod publication;
pub mod quantity;
pub mod random;
pub mod reason;
pub mod receipt;
pub mod refund;
pub mod report;
pub mod role;
pub mod sale;
pub mod shift;
pub mod signature;
pub mod staff;
pub mod tax;
#[cfg(test)]
mod tax_golden_tests;
pub mod tender;
pub mod voucher;
pub mod wire;
