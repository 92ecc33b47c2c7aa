//! What is published: checked with all its mistakes at once, signed, numbered, the same at both locations, and handed to tills
//! as it was signed, whatever becomes of the caches.
#![allow(clippy::unwrap_used, clippy::panic)] // a failed test is a panic

mod common;

use base64::Engine;
use common::{Chain, Engine as Database, Site, TILL, answer, price_book, publishing, quick};
use evertill_domain::catalogue::PriceBook;
use evertill_domain::ids::StoreId;
use evertill_domain::piloting::{Assignment, Cohort, decide};
use evertill_domain::publication::{Claim, SIGNATURE_HEADER, Subject};
use evertill_domain::wire::{self, Heartbeat, HeartbeatAck, Problem, Ready};
use evertill_head_office::config::{CacheConfig, RedisConfig};
use evertill_head_office::publish::{Publisher, RegionKey};
use evertill_head_office::simulate::Wish;
use evertill_head_office::simulate::fleet::Member;
use evertill_testbed::Redis;
use redis::IntoConnectionInfo;
use reqwest::Response;
use rustix::process::Signal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

on_each_engine!(
    a_book_is_handed_out_as_it_was_signed_and_then_as_what_changed,
    old_versions_are_let_go_of_and_the_newest_are_kept,
    a_store_gets_its_own_book_and_the_others_the_common_one,
);

/// The till that asks.
fn till() -> Chain {
    Chain::of(TILL, 2)
}

async fn fetch(site: &Site, subject: Subject, query: &str) -> Response {
    let chain = till();
    site.send(&chain, "GET", &format!("{}?{query}", wire::publication_path(subject, &chain.till)), vec![], None).await
}

/// The body of an answer that the region signed, and what it says that it is.
async fn believed(response: Response) -> (String, String) {
    assert_eq!(response.status(), 200);
    let signature = response.headers()[SIGNATURE_HEADER].to_str().unwrap().to_owned();
    let signature = String::from_utf8(base64::prelude::BASE64_STANDARD.decode(signature).unwrap()).unwrap();
    let body = response.text().await.unwrap();
    let claim = publishing::publish_keys().verify(body.as_bytes(), &signature).unwrap();
    (body, claim.to_string())
}

async fn beat(site: &Site) -> HeartbeatAck {
    let chain = till();
    let beat = Heartbeat {
        version: "0.1.0".to_owned(),
        epoch: chain.epoch,
        head: 0,
        unsent: 0,
        price_book: 1,
        clock: "2026-05-03T18:04:05+02:00".to_owned(),
        alarms: Vec::new(),
        pool: None,
        cohort: None,
        devices: [].into(),
    };
    let body = serde_json::to_vec(&beat).unwrap();
    answer(site.send(&chain, "POST", &wire::heartbeat_path(&chain.till), body, None).await).await.unwrap()
}

/// A book of fifty items, of which the first costs `price_minor`, without a version.
fn book(price_minor: i64) -> String {
    let items: Vec<serde_json::Value> = (1..=50)
        .map(|plu| {
            let price_minor = if plu == 1 { price_minor } else { 100 };
            serde_json::json!({"plu": plu.to_string(), "name": format!("Item {plu}"), "price_minor": price_minor, "tax": "A"})
        })
        .collect();
    let taxes = serde_json::json!([{"code": "A", "label": "VAT", "rates": [{"label": "VAT", "rate": 20000}]}]);
    serde_json::json!({"store": {"name": "Shop", "locale": "en-GB"}, "currency": "GBP", "tax_mode": "inclusive",
        "taxes": taxes, "items": items})
    .to_string()
}

async fn a_book_is_handed_out_as_it_was_signed_and_then_as_what_changed(site: Site) {
    assert_eq!(fetch(&site, Subject::PriceBook, "since=0").await.status(), 204, "there is none yet");
    for version in 1..=6 {
        let done = site.publish(Subject::PriceBook, &book(100 + version)).await;
        assert_eq!(done.claim.version, version as u64, "it gets the next version");
    }
    let (whole, claim) = believed(fetch(&site, Subject::PriceBook, "since=0").await).await;
    assert_eq!(claim, "evertill price-book region=eu store=* version=6 since=0");
    let newest = PriceBook::parse(whole.as_bytes()).unwrap();
    for since in 2..=5 {
        let asked = fetch(&site, Subject::PriceBook, &format!("since={since}&delta=true")).await;
        let (delta, claim) = believed(asked).await;
        assert_eq!(claim, format!("evertill price-book region=eu store=* version=6 since={since}"));
        assert!(delta.len() * 5 < whole.len(), "{} of {}", delta.len(), whole.len());
        let text = book(100 + since).replacen('{', &format!("{{\"version\":{since},"), 1);
        let old = PriceBook::parse(text.as_bytes()).unwrap();
        assert_eq!(PriceBook::update(Some(&old), delta.as_bytes()).unwrap(), newest);
    }
    for far_behind in ["since=1&delta=true", "since=5&delta=false"] {
        assert_eq!(believed(fetch(&site, Subject::PriceBook, far_behind).await).await.0, whole);
    }
    assert_eq!(fetch(&site, Subject::PriceBook, "since=6").await.status(), 204);
    assert_eq!(beat(&site).await.price_book, 6);

    let tag = fetch(&site, Subject::PriceBook, "").await.headers()["etag"].to_str().unwrap().to_owned();
    let (chain, target) = (till(), wire::publication_path(Subject::PriceBook, &till().till));
    let signed = common::sign(&chain, "GET", &target, b"");
    let request = site.client.get(format!("{}{target}", site.base)).header("If-None-Match", &tag);
    let request = request.header("Content-Digest", signed.content_digest).header("Signature", signed.signature);
    let again = request.header("Signature-Input", signed.signature_input).send().await.unwrap();
    assert_eq!((again.status().as_u16(), again.headers()["etag"].to_str().unwrap()), (304, tag.as_str()));
    let stranger = site.send(&till(), "GET", "/v1/stores/DE-0418/price-book", vec![], None).await;
    assert_eq!(stranger.status(), 403);
}

async fn old_versions_are_let_go_of_and_the_newest_are_kept(mut site: Site) {
    for version in 1..=8 {
        site.publish(Subject::PriceBook, &book(100 + version)).await;
    }
    let count = |since: &str| site.sql(&format!("SELECT COUNT(*) FROM publications WHERE since {since} 0"));
    assert_eq!((count("=").as_str(), count(">").as_str()), ("5", "4"));
    assert_eq!(site.sql("SELECT MIN(version) FROM publications"), "4");
    // The same bytes again are known; others under the same version, and an older one, are not taken.
    let again = site.publish(Subject::PriceBook, &book(108).replacen('{', "{\"version\":8,", 1)).await;
    assert_eq!(again.deliveries[0].outcome, Ok(false));
    for (file, said) in [
        (book(1).replacen('{', "{\"version\":8,", 1), "price-book 8 is published and this is 8: make \"version\" 9"),
        (book(1).replacen('{', "{\"version\":3,", 1), "price-book 8 is published and this is 3"),
    ] {
        let refused = site.publisher().publish(Subject::PriceBook, None, file.into_bytes()).await.unwrap_err();
        assert!(refused.to_string().contains(said), "{refused}");
    }
    // It is the database's, and outlives the process.
    site.restart().await;
    assert_eq!(beat(&site).await.price_book, 8);
}

async fn a_store_gets_its_own_book_and_the_others_the_common_one(site: Site) {
    let publisher = site.publisher();
    let publish = async |store: Option<&str>, price: i64| {
        let store = store.map(|store| store.parse().unwrap());
        publisher.publish(Subject::PriceBook, store, book(price).into_bytes()).await.unwrap()
    };
    publish(None, 100).await;
    publish(Some("DE-0417"), 200).await;
    assert_eq!(publish(Some("DE-0418"), 300).await.claim.version, 3, "versions rise over all stores");
    publish(None, 400).await;
    let (own, claim) = believed(fetch(&site, Subject::PriceBook, "").await).await;
    assert_eq!(claim, "evertill price-book region=eu store=DE-0417 version=2 since=0");
    assert!(own.contains("\"price_minor\":200"));
    let other = Chain::of("eu/DE-0418/1", 9);
    let theirs = site.send(&other, "GET", "/v1/stores/DE-0418/price-book?since=1", vec![], None).await;
    assert!(believed(theirs).await.1.contains("store=DE-0418 version=3"));
}

#[tokio::test]
async fn all_mistakes_are_told_at_once_with_their_lines_and_nothing_is_published() {
    let site = Site::start().await;
    let broken = "{\"version\":2,\"store\":{\"name\":\"S\",\"locale\":\"de-DE\"},\"currency\":\"EUR\",\"tax_mode\":\"inclusive\",\n\
        \"taxes\":[{\"code\":\"A\",\"label\":\"VAT\",\"rates\":[]}],\n\"items\":[\n\
        {\"gtins\":[\"4006381333931\"],\"name\":\"Pen\",\"price_minor\":119,\"tax\":\"A\"},\n\
        {\"gtins\":[\"4006381333931\"],\"name\":\"Twin\",\"price_minor\":-1,\"tax\":\"A\"},\n\
        {\"plu\":\"7\",\"name\":\"Nail\",\"price_minor\":1,\"tax\":\"X\"}\n]}";
    let refused = site.publisher().publish(Subject::PriceBook, None, broken.as_bytes().to_vec()).await.unwrap_err();
    let refused = refused.to_string();
    for line in [
        "line 5, item 2 (Twin): GTIN 04006381333931 is item 1's already",
        "line 5, item 2 (Twin): the price is -1",
        "line 6, item 3 (Nail): there is no tax group 'X'",
    ] {
        assert!(refused.lines().any(|said| said.starts_with(line)), "{line}\n{refused}");
    }
    let cashiers = r#"{"cashiers":[{"number":0,"name":"","role":"cashier","pin_hash":"1111"}]}"#;
    let refused = site.publisher().publish(Subject::Cashiers, None, cashiers.as_bytes().to_vec()).await.unwrap_err();
    assert!(refused.to_string().contains("never the PIN itself") && !refused.to_string().contains("1111"), "{refused}");
    assert_eq!((site.sql("SELECT COUNT(*) FROM publications"), beat(&site).await.price_book), ("0".to_owned(), 0));
}

const ENDPOINTS: &str = "schema = 1\nregion = \"eu\"\nserial = 41\nmode = \"active-active\"\norder = [\"fra\"]\n\
    [pool.v41]\nversion = \"4.1\"\nclient = \">=0.1\"\nurls = { fra = [\"https://a\"] }\n";
const ASSIGNMENT: &str = "schema = 1\nregion = \"eu\"\nserial = 812\nstable = \"v41\"\n";

#[tokio::test]
async fn endpoints_and_assignment_go_the_same_way_and_fit_together() {
    let site = Site::start().await;
    let refuse = async |subject, file: String| {
        site.publisher().publish(subject, None, file.into_bytes()).await.unwrap_err().to_string()
    };
    let foreign = refuse(Subject::Endpoints, ENDPOINTS.replace("\"eu\"", "\"na\"")).await;
    assert!(foreign.contains("it is of region na, and is published for eu"), "{foreign}");
    site.publish(Subject::Endpoints, ENDPOINTS).await;
    let unknown = refuse(Subject::Assignment, ASSIGNMENT.replace("v41", "v42")).await;
    assert!(unknown.contains("line 4: pool v42 is not in the endpoints with serial 41"), "{unknown}");
    site.publish(Subject::Assignment, ASSIGNMENT).await;
    assert!(
        refuse(Subject::Assignment, format!("{ASSIGNMENT}percent = 0\n")).await.contains("make serial 813 or higher")
    );
    let one_store = site.publisher().publish(Subject::Endpoints, Some("DE-0417".parse().unwrap()), vec![]).await;
    assert!(one_store.unwrap_err().to_string().contains("leave --store out"));

    let again = site.publish(Subject::Assignment, ASSIGNMENT).await;
    let saved = again.save(site.folder.path()).unwrap();
    let signature = std::fs::read_to_string(site.path("assignment.toml.minisig")).unwrap();
    let claim = publishing::publish_keys().verify(&std::fs::read(saved).unwrap(), &signature).unwrap();
    assert_eq!((claim.subject, claim.version), (Subject::Assignment, 812));

    for (subject, file) in [(Subject::Endpoints, ENDPOINTS), (Subject::Assignment, ASSIGNMENT)] {
        assert_eq!(believed(fetch(&site, subject, "since=40").await).await.0, file);
    }
    assert_eq!(fetch(&site, Subject::Endpoints, "since=41").await.status(), 204);
    assert_eq!(site.send(&till(), "GET", "/v1/regions/na/endpoints", vec![], None).await.status(), 403);
    assert_eq!(beat(&site).await.serial, 812);
    let asked = site.client.get(format!("{}/ready?pool=v41&store=DE-0417", site.base)).send().await.unwrap();
    let ready: Ready = answer(asked).await.unwrap();
    assert_eq!(ready.published.unwrap()["assignment"], 812);
    assert!(ready.schema.starts_with("sqlite-"));
}

#[tokio::test]
async fn an_assignment_is_planned_before_and_gets_its_cut_off_and_its_day_when_it_is_published() {
    let mut site = Site::start().await;
    let wish = "region = \"eu\"\npool = \"v41\"\nstores = 40\ntills_per_store = 2\n";
    let wish: Wish = toml::from_str(wish).unwrap();
    std::fs::write(site.path("tills.toml"), wish.fleet().unwrap().register()).unwrap();
    site.restart().await;
    let pools = ENDPOINTS.replace("serial = 41", "serial = 1")
        + &ENDPOINTS.split_once("[pool.v41]").map(|(_, pool)| format!("[pool.v42]{pool}")).unwrap();
    site.publish(Subject::Endpoints, &pools).await;
    let step = |serial: u64, percent: u8| {
        format!(
            "schema = 1\nregion = \"eu\"\nserial = {serial}\nstable = \"v41\"\nnext = \"v42\"\npercent = {percent}\nsalt = \"p\"\neffective = \"02:30\"\n"
        )
    };
    let stores: Vec<StoreId> = (1..=40).map(|number| format!("SIM-{number:04}").parse().unwrap()).collect();
    let mut moved = std::collections::BTreeSet::new();
    for (serial, percent, count) in [(1, 10, 4), (2, 25, 10), (3, 50, 20), (4, 100, 40)] {
        let publisher = site.publisher();
        let plan = publisher.plan(step(serial, percent).as_bytes()).await.unwrap();
        assert_eq!((plan.total, plan.counts.as_slice()), (40, [(10, 4), (25, 10), (50, 20), (100, 40)].as_slice()));
        let planned: Vec<StoreId> =
            plan.stores.iter().filter(|planned| planned.moves()).map(|planned| planned.store.clone()).collect();
        site.publish(Subject::Assignment, &step(serial, percent)).await;
        let target = "/v1/regions/eu/assignment";
        let Member { id, key, .. } = wish.fleet().unwrap().members().next().unwrap();
        let teller = Chain { till: id, key, ..till() };
        let (file, _) = believed(site.send(&teller, "GET", target, vec![], None).await).await;
        let assignment = Assignment::parse(file.as_bytes(), None).unwrap();
        assert!(assignment.effective.as_ref().is_some_and(|effective| effective.date.is_some()), "{file}");
        let there: std::collections::BTreeSet<StoreId> = (stores.iter())
            .filter(|store| decide(&assignment, store, Cohort::General, None).pool.as_str() == "v42")
            .cloned()
            .collect();
        assert_eq!(there.len(), count);
        assert!(moved.is_subset(&there), "a growing percentage only adds stores");
        let added: Vec<StoreId> = there.difference(&moved).cloned().collect();
        // The first plan has nothing in force to compare with.
        assert_eq!(planned, if serial == 1 { Vec::new() } else { added });
        moved = there;
        // The same file once more is what is published already, whatever day it is.
        assert_eq!(site.publish(Subject::Assignment, &step(serial, percent)).await.deliveries[0].outcome, Ok(false));
    }
    let wrong = site.publisher().plan(step(5, 130).as_bytes()).await.unwrap_err().to_string();
    assert!(wrong.contains("line 6: percent is 130"), "{wrong}");
}

/// What the operators' port says to something brought there.
async fn bring(site: &Site, name: &str, password: &str, bytes: &str, signature: Option<String>) -> Problem {
    let request = site.client.post(format!("{}/v1/publications", site.pages())).body(bytes.to_owned());
    let request = request.basic_auth(name, Some(password));
    let encoded = signature.map(|text| base64::prelude::BASE64_STANDARD.encode(text));
    let request = encoded.into_iter().fold(request, |request, text| request.header(SIGNATURE_HEADER, text));
    let response = request.send().await.unwrap();
    assert!(!response.status().is_success());
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}

#[tokio::test]
async fn nobody_but_an_operator_with_the_regions_key_publishes() {
    let mut site = Site::start().await;
    site.publish(Subject::PriceBook, &price_book(5)).await;
    let ours = RegionKey::open(&site.path("region.key"), None).unwrap();
    let other = RegionKey::create(&site.path("other.key"), None).unwrap();
    let (file, claim) = (price_book(7), "evertill price-book region=eu store=* version=7 since=0");
    let (untaxed, changed) = (file.replace("\"tax\":\"A\"", "\"tax\":\"X\""), price_book(5).replace("119", "118"));
    let sign = |key: &RegionKey, claim: &str, file: &str| {
        Some(key.sign(file.as_bytes(), &claim.parse::<Claim>().unwrap()).unwrap())
    };
    let as_version = |version: u64| claim.replace("version=7", &format!("version={version}"));
    let cases = [
        ("must hold a minisign signature", &file, None),
        ("its signature is not the region's", &file, sign(&other, claim, &file)),
        ("its signature is not the region's", &price_book(8), sign(&ours, claim, &file)),
        ("its version is 7, and it is signed as 8", &file, sign(&ours, &as_version(8), &file)),
        ("it is published for region na", &file, sign(&ours, &claim.replace("=eu", "=na"), &file)),
        ("there is no tax group 'X'", &untaxed, sign(&ours, claim, &untaxed)),
        ("line 1, column 1", &"x".to_owned(), sign(&ours, claim, "x")),
        ("missing field `cashiers`", &file, sign(&ours, &claim.replace("price-book", "cashiers"), &file)),
        ("something else is here as evertill price-book", &changed, sign(&ours, &as_version(5), &changed)),
        ("publish it with version 6 or above", &price_book(4), sign(&ours, &as_version(4), &price_book(4))),
    ];
    let password = "evertill-tests";
    for (said, file, signature) in cases {
        let problem = bring(&site, "publisher", password, file, signature).await;
        assert!(problem.detail.contains(said), "{said}: {problem:?}");
    }
    let signature = sign(&ours, claim, &file);
    assert_eq!(bring(&site, "publisher", "wrong", &file, signature.clone()).await.status, 403);
    let text = std::fs::read_to_string(site.path("operators.toml")).unwrap().replace("\"operator\"", "\"viewer\"");
    std::fs::write(site.path("operators.toml"), text).unwrap();
    site.restart().await;
    let viewer = bring(&site, "publisher", password, &file, signature).await;
    assert!(viewer.status == 403 && viewer.detail.contains("a viewer publishes nothing"), "{viewer:?}");
    assert_eq!(beat(&site).await.price_book, 5);
}

#[tokio::test]
async fn a_location_that_was_down_is_seen_to_lag_and_gets_the_same_later() {
    let (fra, mut ams) = (Site::start().await, Site::start().await);
    std::fs::write(fra.path("ca.pem"), format!("{}{}", fra.ca, ams.ca)).unwrap();
    let publisher = |ams: &Site| -> Publisher {
        let locations = [("fra", fra.pages()), ("ams", ams.pages())];
        let region = publishing::Region { name: "eu", folder: fra.folder.path(), ca: "ca.pem", locations: &locations };
        publishing::publisher(&region).unwrap()
    };
    let both = publisher(&ams);
    assert!(both.publish(Subject::PriceBook, None, price_book(1).into_bytes()).await.unwrap().is_everywhere());
    assert!(both.standing().await.is_one());

    ams.server.take().unwrap().stop().await;
    let done = both.publish(Subject::PriceBook, None, price_book(2).into_bytes()).await.unwrap();
    assert!(!done.is_everywhere());
    let text = done.text().join("\n");
    assert!(text.contains("fra: price-book 2") && text.contains("ams: NOT published: it does not answer"), "{text}");
    let standing = both.standing().await;
    assert!(!standing.is_one() && standing.text().join("\n").contains("what ams has is not known"), "{standing:?}");

    ams.restart().await;
    let both = publisher(&ams);
    let standing = both.standing().await.text().join("\n");
    assert!(standing.contains("price-book for every store: fra 2, ams 1: ams lags: publish 2 again"), "{standing}");
    let again = both.publish(Subject::PriceBook, None, price_book(2).into_bytes()).await.unwrap();
    assert!(again.is_everywhere());
    let outcomes: Vec<_> = again.deliveries.iter().map(|delivery| delivery.outcome.clone()).collect();
    assert_eq!(outcomes, [Ok(false), Ok(true)]);
    assert!(both.standing().await.is_one());
    ams.server.take().unwrap().stop().await;
    let mut fra = fra;
    fra.server.take().unwrap().stop().await;
    let nobody = both.publish(Subject::PriceBook, None, price_book(3).into_bytes()).await.unwrap_err().to_string();
    assert!(nobody.contains("no location answers") && nobody.contains("fra"), "{nobody}");
}

#[tokio::test]
async fn another_instance_of_the_location_hands_out_what_one_of_them_took() {
    let database = Database::postgres();
    let (one, other) = (Site::start_on(database.clone()).await, Site::start_on(database).await);
    one.publish(Subject::PriceBook, &book(1)).await;
    for _ in 0..500 {
        if beat(&other).await.price_book == 1 {
            return assert!(believed(fetch(&other, Subject::PriceBook, "").await).await.1.contains("version=1"));
        }
        tokio::time::sleep(quick().reload).await;
    }
    panic!("the other instance never saw it");
}

/// Asks for price book and cashiers again and again until it is told to stop; how often it got exactly what was signed.
async fn ask_all_the_time(site: Arc<Site>, expected: Arc<(String, String)>, stop: Arc<AtomicBool>) -> usize {
    let mut answered = 0;
    while !stop.load(Ordering::Relaxed) {
        assert_eq!(believed(fetch(&site, Subject::PriceBook, "").await).await.0, expected.0);
        assert_eq!(believed(fetch(&site, Subject::Cashiers, "").await).await.0, expected.1);
        answered += 1;
    }
    answered
}

/// How often publications were read from each place: memory, shared cache, database.
async fn reads(site: &Site) -> [u64; 3] {
    let text = site.client.get(format!("{}/metrics", site.pages())).send().await.unwrap().text().await.unwrap();
    ["memory", "shared", "database"].map(|tier| {
        let name = format!("head_office_publication_reads_total{{tier=\"{tier}\"}} ");
        text.lines().find_map(|line| line.strip_prefix(&name)).map_or(0, |count| count.parse().unwrap())
    })
}

/// Waits until `shared` more were read from the shared cache, or `database` more from the database, than at `since`.
async fn until_read(site: &Site, since: [u64; 3], shared: u64, database: u64) {
    for _ in 0..1_000 {
        let now = reads(site).await;
        if now[1] >= since[1] + shared && now[2] >= since[2] + database {
            return;
        }
        tokio::time::sleep(quick().reload).await;
    }
    panic!("since {since:?} only {:?}", reads(site).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shared_cache_that_is_full_of_garbage_slow_or_dead_is_never_noticed_by_a_till() {
    let mut redis = Redis::start().unwrap();
    let mut site = Site::start_on(Database::postgres()).await;
    let settings = redis.url().as_str().into_connection_info().unwrap();
    // Without memory every question goes behind it.
    site.cache = CacheConfig { memory_bytes: 0, redis: Some(RedisConfig { name: "tests".to_owned(), settings }) };
    site.restart().await;
    site.publish(Subject::PriceBook, &book(1).replacen('{', "{\"version\":1,", 1)).await;
    let cashiers = include_str!("../../demo/cashiers.json").replacen('{', "{\"version\":1,", 1);
    site.publish(Subject::Cashiers, &cashiers).await;
    let expected = Arc::new((book(1).replacen('{', "{\"version\":1,", 1), cashiers));
    let (site, stop) = (Arc::new(site), Arc::new(AtomicBool::new(false)));
    let tills: Vec<_> =
        (0..3).map(|_| tokio::spawn(ask_all_the_time(site.clone(), expected.clone(), stop.clone()))).collect();

    until_read(&site, [0; 3], 20, 1).await;
    let keys = redis.keys().unwrap();
    assert!(keys.len() == 1 && keys[0].starts_with("evertill:eu:"), "the book and no hash of a PIN: {keys:?}");
    for garbage in ["x", "", &"y".repeat(100_000), &expected.0.replace("Item", "item")] {
        let before = reads(&site).await;
        redis.set(&keys[0], garbage).unwrap();
        until_read(&site, before, 5, 5).await;
    }
    let before = reads(&site).await;
    redis.daemon().signal(Signal::STOP).unwrap();
    until_read(&site, before, 0, 40).await;
    redis.daemon().signal(Signal::CONT).unwrap();
    until_read(&site, reads(&site).await, 5, 0).await;
    redis.daemon().end(Signal::KILL).unwrap();
    until_read(&site, reads(&site).await, 0, 40).await;
    redis.start_again().unwrap();
    until_read(&site, reads(&site).await, 5, 0).await;

    stop.store(true, Ordering::Relaxed);
    for till in tills {
        assert!(till.await.unwrap() > 0);
    }
}

#[tokio::test]
async fn what_is_in_memory_is_asked_of_nobody() {
    let site = Site::start().await;
    site.publish(Subject::PriceBook, &book(1)).await;
    for _ in 0..10 {
        believed(fetch(&site, Subject::PriceBook, "").await).await;
    }
    let [memory, shared, database] = reads(&site).await;
    assert!(memory >= 9 && shared == 0 && database <= 1, "{memory} {shared} {database}");
}
