//! The forms of the drawer: float, no-sale, cash that comes and goes, the count.

use serde::Deserialize;
use std::collections::BTreeMap;

/// Opens a shift with its float.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct OpenShift {
    /// Idempotency key.
    pub key: String,
    /// The float as one amount; absent when it was counted by piece.
    #[serde(default)]
    pub float: String,
    /// `count_{id}`: how many of each piece.
    #[serde(flatten)]
    pub counts: BTreeMap<String, String>,
}

/// Opens the drawer.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct NoSale {
    /// Idempotency key.
    pub key: String,
    /// Why, in the cashier's words.
    pub reason: String,
}

/// Which way money moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Movement {
    /// Into the drawer.
    PaidIn,
    /// Out, for an expense.
    PaidOut,
    /// Notes to the safe.
    PickUp,
}

/// Money into or out of the drawer.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct CashMovement {
    /// Idempotency key.
    pub key: String,
    /// Which way.
    pub kind: Movement,
    /// How much.
    pub amount: String,
    /// Why, in the cashier's words.
    pub reason: String,
}

/// Closes the shift.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct CloseShift {
    /// Idempotency key.
    pub key: String,
    /// `count_{id}`: how many of each piece, or how much of what is counted as an amount.
    #[serde(flatten)]
    pub counts: BTreeMap<String, String>,
}

/// Prints a Z report again.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ZCopy {
    /// Idempotency key.
    pub key: String,
    /// The report's number.
    pub number: String,
}
