//! What PostgreSQL says, in our words.

use crate::store::StoreError;
use deadpool_postgres::{HookError, PoolError};
use std::error::Error as _;
use tokio_postgres::error::SqlState;

/// Why work on the database did not succeed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error("{}", said(.0))]
    Postgres(#[from] tokio_postgres::Error),
    #[error("{}", no_connection(.0))]
    Pool(#[from] PoolError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("it did not answer in time")]
    Late,
}

impl Error {
    /// Whether the same work may succeed at once: another one was in the way, or a connection had died unnoticed.
    pub(super) fn passes(&self) -> bool {
        match self {
            Error::Postgres(error) => {
                let passing = [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED];
                error.is_closed() || error.code().is_some_and(|code| passing.contains(code))
            }
            Error::Pool(_) | Error::Store(_) | Error::Late => false,
        }
    }

    /// Whether it may be about what was to be written (SQLSTATE classes 22, 23 and 54), rather than about the database.
    pub(super) fn is_about_data(&self) -> bool {
        let Error::Postgres(error) = self else { return false };
        error.code().is_some_and(|code| ["22", "23", "54"].contains(&code.code().get(..2).unwrap_or_default()))
    }
}

impl From<Error> for StoreError {
    fn from(error: Error) -> StoreError {
        match error {
            Error::Store(error) => error,
            other => StoreError::Failed(format!("PostgreSQL: {other}")),
        }
    }
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> StoreError {
        Error::from(error).into()
    }
}

/// The server's own words with its code, or what the connection met, down to the cause.
fn said(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(said) => format!("{} (SQLSTATE {})", said.message(), said.code().code()),
        None => match error.source() {
            Some(cause) => format!("{error}: {cause}"),
            None => error.to_string(),
        },
    }
}

fn no_connection(error: &PoolError) -> String {
    match error {
        PoolError::Backend(error) | PoolError::PostCreateHook(HookError::Backend(error)) => {
            format!("no connection: {}", said(error))
        }
        PoolError::Timeout(kind) => format!("no connection in time ({kind:?})"),
        other => format!("no connection: {other}"),
    }
}
