//! Which status each error of the rooms below gets. This file alone decides it.

use super::problem::{
    ApiProblem, CODE, DISK, KEY, NO_PRICE_BOOK, NOT_FOUND, NOT_SOLD, PERMISSION, PIN, REFUSED, SIGN_ON, UNKNOWN_ITEM,
    WEIGHT,
};
use crate::counter::{CounterError, Refusal};
use crate::journal::JournalError;
use axum::http::StatusCode;
use evertill_domain::basket::BasketError;
use evertill_domain::catalogue::ScanError;
use evertill_domain::wire::Problem;

impl From<JournalError> for ApiProblem {
    fn from(error: JournalError) -> ApiProblem {
        let (kind, title, status) = match &error {
            JournalError::Disk { .. } => (DISK, "The disk is full or failing", StatusCode::INSUFFICIENT_STORAGE),
            JournalError::KeyReused { .. } => (KEY, "The key belongs to another act", StatusCode::UNPROCESSABLE_ENTITY),
            JournalError::Sale { .. } => (REFUSED, "The sale cannot be recorded", StatusCode::CONFLICT),
            JournalError::Missing { .. } => (NOT_FOUND, "Not found", StatusCode::NOT_FOUND),
            JournalError::Locked { .. }
            | JournalError::Open { .. }
            | JournalError::OtherTill { .. }
            | JournalError::NewerSchema { .. }
            | JournalError::Damaged { .. }
            | JournalError::Sqlite(_) => (Problem::INTERNAL, "The journal failed", StatusCode::INTERNAL_SERVER_ERROR),
        };
        if status.is_server_error() {
            tracing::error!(%error, "the journal refused");
        }
        ApiProblem::new(kind, title, status, error.to_string())
    }
}

impl From<CounterError> for ApiProblem {
    fn from(error: CounterError) -> ApiProblem {
        match error {
            CounterError::Journal(error) => error.into(),
            CounterError::Refused(refusal) => refusal.into(),
            CounterError::BrokeOff => ApiProblem::internal(CounterError::BrokeOff.to_string()),
        }
    }
}

impl From<Refusal> for ApiProblem {
    fn from(refusal: Refusal) -> ApiProblem {
        let (kind, title, status) = match &refusal {
            Refusal::NoPriceBook => (NO_PRICE_BOOK, "No price book yet", StatusCode::CONFLICT),
            Refusal::Scan(ScanError::Code(_) | ScanError::Label(_)) | Refusal::Quantity(_) => {
                (CODE, "Misread", StatusCode::UNPROCESSABLE_ENTITY)
            }
            Refusal::Scan(ScanError::UnknownItem(_)) => {
                (UNKNOWN_ITEM, "Unknown item", StatusCode::UNPROCESSABLE_ENTITY)
            }
            Refusal::Basket(BasketError::NoWeight(_)) | Refusal::Scale(_) => {
                (WEIGHT, "No weight", StatusCode::UNPROCESSABLE_ENTITY)
            }
            Refusal::Scan(_) => (NOT_SOLD, "Must not be sold", StatusCode::UNPROCESSABLE_ENTITY),
            Refusal::NoRandom | Refusal::NoDate => {
                (Problem::INTERNAL, "The till failed", StatusCode::INTERNAL_SERVER_ERROR)
            }
            Refusal::NoReceipt(_) => (NOT_FOUND, "Not found", StatusCode::NOT_FOUND),
            Refusal::NobodySignedOn => (SIGN_ON, "Nobody is signed on", StatusCode::FORBIDDEN),
            Refusal::WrongPin { .. } => (PIN, "Wrong number or PIN", StatusCode::FORBIDDEN),
            Refusal::Locked(_) => (PIN, "Too many wrong PINs", StatusCode::TOO_MANY_REQUESTS),
            Refusal::Role(_) => (PERMISSION, "Not allowed", StatusCode::FORBIDDEN),
            Refusal::Basket(_)
            | Refusal::Sale(_)
            | Refusal::Shift(_)
            | Refusal::Report(_)
            | Refusal::Refund(_)
            | Refusal::NotASale(_)
            | Refusal::ReceiptAway(_)
            | Refusal::BasketOpen
            | Refusal::BasketsWait(_)
            | Refusal::NoneWaits(_)
            | Refusal::TenderedWaits
            | Refusal::TooManyWait
            | Refusal::DiscountGrew { .. }
            | Refusal::VoucherNumber(_)
            | Refusal::Voucher(_)
            | Refusal::NoVouchers
            | Refusal::Reference(_)
            | Refusal::NoBirthDate
            | Refusal::Money(_) => (REFUSED, "Refused", StatusCode::CONFLICT),
        };
        ApiProblem::new(kind, title, status, refusal.to_string())
    }
}
