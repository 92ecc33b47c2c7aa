//! Carrying out one act. A caller may hang up at any moment; an act that has begun still runs to its end, and what it sets
//! off (paper, drawer, screens) still happens. So it runs in a task of its own, and the route only waits for the answer.

use super::Shared;
use crate::counter::{Counter, CounterError, CounterReply};
use crate::http::problem::ApiProblem;
use crate::http::views::ActView;
use axum::Json;
use std::future::Future;
use std::sync::Arc;

/// Carries out `verb`, delivers what it set off, and answers with the basket as it is then.
pub(super) async fn act<F>(context: Shared, verb: impl FnOnce(Arc<Counter>) -> F) -> Result<Json<ActView>, ApiProblem>
where
    F: Future<Output = Result<CounterReply, CounterError>> + Send + 'static,
{
    Ok(Json(ActView::from(&carry_out(&context, verb).await?)))
}

/// Carries out `verb` and delivers what it set off.
pub(in crate::http) async fn carry_out<F>(
    context: &Shared,
    verb: impl FnOnce(Arc<Counter>) -> F,
) -> Result<CounterReply, CounterError>
where
    F: Future<Output = Result<CounterReply, CounterError>> + Send + 'static,
{
    let running = verb(context.api.counter.clone());
    let outlet = context.api.outlet.clone();
    let task = tokio::spawn(async move {
        let reply = running.await?;
        outlet.deliver(&reply);
        Ok::<CounterReply, CounterError>(reply)
    });
    task.await.unwrap_or_else(|error| {
        tracing::error!(%error, "an act at the counter broke off");
        Err(CounterError::BrokeOff)
    })
}
