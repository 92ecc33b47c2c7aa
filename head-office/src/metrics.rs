//! What is counted, for Prometheus (OpenMetrics text). Nothing names a store or a till: a fleet of 5,000 would be as many
//! series, and the page tells it better.

use crate::fleet::Totals;
use crate::publications::Index;
use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use evertill_domain::publication::Subject;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::sync::Arc;
use std::time::Instant;

/// Seconds until an answer: a till waits 10 at most.
const ANSWER_BUCKETS_S: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.0, 10.0];

/// What is counted of requests.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    /// The route, with its placeholders.
    route: String,
    /// The HTTP status.
    status: u16,
}

/// Where something published was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// In this instance's memory.
    Memory,
    /// In the cache that the location's instances share.
    Shared,
    /// In the database.
    Database,
}

impl Tier {
    fn as_str(self) -> &'static str {
        match self {
            Tier::Memory => "memory",
            Tier::Shared => "shared",
            Tier::Database => "database",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReadFrom {
    tier: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfSubject {
    subject: &'static str,
}

/// The counters of one instance.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    answer_seconds: Histogram,
    entries: Counter,
    publication_reads: Family<ReadFrom, Counter>,
    publication_version: Family<OfSubject, Gauge>,
    stores: Gauge,
    tills: Gauge,
    tills_silent: Gauge,
    entries_missing: Gauge,
    alarms: Gauge,
    store_healthy: Gauge,
}

impl Default for Metrics {
    fn default() -> Metrics {
        let mut registry = Registry::with_prefix("head_office");
        let requests = Family::default();
        let answer_seconds = Histogram::new(ANSWER_BUCKETS_S);
        let entries = Counter::default();
        registry.register("requests", "Requests of tills that were answered", requests.clone());
        registry.register("answer_seconds", "Seconds until a till had its answer", answer_seconds.clone());
        registry.register("entries", "Journal entries that were acknowledged, resent ones too", entries.clone());
        let (publication_reads, publication_version) = (Family::default(), Family::default());
        let help = "What was published and read, by where it was found";
        registry.register("publication_reads", help, publication_reads.clone());
        let help = "The newest version of what is published, over all stores";
        registry.register("publication_version", help, publication_version.clone());
        let mut gauge = |name: &str, help: &str| {
            let gauge: Gauge = Gauge::default();
            registry.register(name, help, gauge.clone());
            gauge
        };
        Metrics {
            stores: gauge("stores", "Stores that are known here"),
            tills: gauge("tills", "Tills that are registered or were heard"),
            tills_silent: gauge("tills_silent", "Tills that were not heard for five minutes"),
            entries_missing: gauge("entries_missing", "Entries that tills have and this location has not"),
            alarms: gauge("alarms", "Things that tills say are wrong"),
            store_healthy: gauge("store_healthy", "1 while the database takes what it is given"),
            registry,
            requests,
            answer_seconds,
            entries,
            publication_reads,
            publication_version,
        }
    }
}

impl Metrics {
    /// Notes how the fleet and the database are.
    pub fn see(&self, fleet: Totals, store_healthy: bool) {
        let set = |gauge: &Gauge, number: usize| {
            gauge.set(i64::try_from(number).unwrap_or(i64::MAX));
        };
        set(&self.stores, fleet.stores);
        set(&self.tills, fleet.tills);
        set(&self.tills_silent, fleet.silent);
        set(&self.alarms, fleet.alarms);
        set(&self.store_healthy, usize::from(store_healthy));
        self.entries_missing.set(i64::try_from(fleet.unsent).unwrap_or(i64::MAX));
    }

    /// Notes that `count` entries were acknowledged.
    pub fn took(&self, count: usize) {
        self.entries.inc_by(u64::try_from(count).unwrap_or(u64::MAX));
    }

    /// Notes where something published was found.
    pub fn read_from(&self, tier: Tier) {
        self.publication_reads.get_or_create(&ReadFrom { tier: tier.as_str() }).inc();
    }

    /// Notes what is published.
    pub fn publish(&self, index: &Index) {
        for subject in Subject::ALL {
            let gauge = self.publication_version.get_or_create(&OfSubject { subject: subject.as_str() });
            gauge.set(i64::try_from(index.newest(subject)).unwrap_or(i64::MAX));
        }
    }

    /// Everything as OpenMetrics text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

/// Counts a request and how long its answer took.
pub(crate) async fn count(metrics: Arc<Metrics>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    let begun = Instant::now();
    let response = next.run(request).await;
    metrics.requests.get_or_create(&Answered { route, status: response.status().as_u16() }).inc();
    metrics.answer_seconds.observe(begun.elapsed().as_secs_f64());
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn what_is_counted_is_told() {
        let metrics = Metrics::default();
        metrics.took(3);
        metrics.see(Totals { stores: 2, tills: 5, silent: 1, unsent: 7, alarms: 4 }, true);
        let text = metrics.text();
        for line in [
            "head_office_entries_total 3",
            "head_office_tills 5",
            "head_office_tills_silent 1",
            "head_office_entries_missing 7",
            "head_office_alarms 4",
            "head_office_store_healthy 1",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }
    /// The alert rules and the dashboard ask for what is counted here, and all that is counted is on the dashboard.
    #[test]
    fn alert_rules_and_dashboard_know_the_metrics() {
        let metrics = Metrics::default();
        metrics.requests.get_or_create(&Answered { route: "/live".to_owned(), status: 200 }).inc();
        metrics.read_from(Tier::Memory);
        metrics.publish(&Index::default());
        let text = metrics.text();
        let name = |line: &str| line.split(['{', ' ']).next().unwrap_or_default().to_owned();
        let known: BTreeSet<String> = text.lines().filter(|line| !line.starts_with('#')).map(name).collect();
        let asked = |file: &str| -> BTreeSet<String> {
            let words = file.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
            words.filter(|word| word.starts_with("head_office_")).map(str::to_owned).collect()
        };
        let alerts = asked(include_str!("../../packaging/head-office/alerts.yml"));
        let dashboard = asked(include_str!("../../packaging/head-office/dashboard.json"));
        assert!(alerts.is_subset(&known) && dashboard.is_subset(&known), "{alerts:?} {dashboard:?} {known:?}");
        let beside = |name: &&String| !name.ends_with("_sum") && !name.ends_with("_count");
        let missing: Vec<&String> = known.difference(&dashboard).filter(beside).collect();
        assert!(missing.is_empty(), "not on the dashboard: {missing:?}");
    }
}
