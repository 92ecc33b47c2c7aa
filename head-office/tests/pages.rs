//! The operators' pages: who gets in, what they see, and what nobody gets from outside.
#![allow(clippy::unwrap_used, clippy::panic)] // a failed test is a panic

mod common;

use common::{Chain, DAY, Site, TILL, answer};
use evertill_domain::wire::{self, Heartbeat, HeartbeatAck};
use evertill_head_office::cli;
use evertill_head_office::config::PeerConfig;
use evertill_head_office::operators::{Role, lines};
use reqwest::header::{LOCATION, ORIGIN, SET_COOKIE};
use reqwest::{Client, Response, StatusCode};
use std::time::Duration;

const PASSWORD: &str = "correct horse battery";

/// A location with an operator, and a browser at its pages.
struct Office {
    site: Site,
    browser: Client,
    pages: String,
}

impl Office {
    async fn open() -> Office {
        let mut site = Site::start().await;
        employ(&site, &["anna"]);
        site.restart().await;
        let browser = browser(&site.ca);
        let pages = format!("https://localhost:{}", site.server.as_ref().unwrap().pages_addr().unwrap().port());
        Office { site, browser, pages }
    }

    async fn get(&self, path: &str, cookie: &str) -> Response {
        self.browser.get(format!("{}{path}", self.pages)).header("Cookie", cookie).send().await.unwrap()
    }

    async fn sign_on(&self, name: &str, password: &str, origin: Option<&str>) -> Response {
        let form = format!("name={name}&password={}", password.replace(' ', "+"));
        let mut request = self.browser.post(format!("{}/sign-on", self.pages)).body(form);
        if let Some(origin) = origin {
            request = request.header(ORIGIN, origin);
        }
        request.send().await.unwrap()
    }

    /// The cookie of a session of Anna's.
    async fn session(&self) -> String {
        let response = self.sign_on("anna", PASSWORD, Some(&self.pages)).await;
        assert_eq!(response.headers()[LOCATION], "/fleet");
        cookie(&response)
    }

    async fn text(&self, path: &str, cookie: &str) -> String {
        let response = self.get(path, cookie).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.text().await.unwrap()
    }
}

fn browser(ca: &str) -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let ca = reqwest::Certificate::from_pem(ca.as_bytes()).unwrap();
    let builder = Client::builder().no_proxy().tls_certs_only([ca]).timeout(Duration::from_secs(30));
    builder.redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

/// The file of operators, of these names, all with one password.
fn employ(site: &Site, names: &[&str]) {
    let lines: String =
        names.iter().map(|name| lines(&name.parse().unwrap(), Role::Viewer, PASSWORD).unwrap()).collect();
    let text = format!("session_key = \"{}\"\n{lines}", "11".repeat(32));
    std::fs::write(site.path("operators.toml"), text).unwrap();
}

fn cookie(response: &Response) -> String {
    response.headers()[SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned()
}

async fn beat(site: &Site, chain: &Chain, head: u64, alarm: &str) {
    let beat = Heartbeat {
        version: "0.1.0".to_owned(),
        epoch: chain.epoch,
        head,
        unsent: 0,
        price_book: 1,
        clock: "2026-05-03T18:04:05+02:00".to_owned(),
        alarms: vec![alarm.to_owned()],
        pool: Some("v41".parse().unwrap()),
        cohort: None,
        devices: [("printer".to_owned(), "paper_out".to_owned())].into(),
    };
    let body = serde_json::to_vec(&beat).unwrap();
    let sent = site.send(chain, "POST", &wire::heartbeat_path(&chain.till), body, None).await;
    answer::<HeartbeatAck>(sent).await.unwrap();
}

#[tokio::test]
async fn an_operator_sees_the_fleet_a_store_and_what_is_missing() {
    let office = Office::open().await;
    let mut chain = Chain::of(TILL, 2);
    let sales = chain.sales(3);
    office.site.post_journal(&chain, &sales).await.unwrap();
    beat(&office.site, &chain, 5, "printer <b>jammed</b>").await;
    let session = office.session().await;

    let fleet = office.text("/fleet", &session).await;
    assert!(fleet.contains("href=\"/stores/DE-0417\"") && fleet.contains("href=\"/stores/DE-0418\""), "{fleet}");
    let found = office.text("/fleet?q=0418", &session).await;
    assert!(!found.contains("/stores/DE-0417") && found.contains("/stores/DE-0418"), "{found}");
    let nothing = office.text("/fleet?q=%3Cscript%3E", &session).await;
    assert!(nothing.contains("No store is found") && !nothing.contains("<script>"), "{nothing}");

    let store = office.text("/stores/DE-0417", &session).await;
    assert!(store.contains("jammed") && !store.contains("<b>jammed"), "{store}");
    assert!(store.contains("printer: paper out") && store.contains("v41"), "{store}");
    assert!(office.text("/stores/XX-1", &session).await.contains("No till of this store"));

    let asked = format!("/completeness?store=DE-0417&day={DAY}");
    let missing = office.text(&asked, &session).await;
    assert!(missing.contains("till 2, 4-5") && missing.contains("4 to 5"), "{missing}");
    let wrong = office.text("/completeness?store=de%200417&day=2026-13-40", &session).await;
    assert!(wrong.contains("not valid"), "{wrong}");

    let audit = office.text("/audit", &session).await;
    assert!(audit.contains("signed_on") && audit.contains("anna"), "{audit}");
}

#[tokio::test]
async fn two_locations_are_compared_and_one_that_does_not_answer_is_said() {
    let (mut other, mut office) = (Office::open().await, Office::open().await);
    let site = &mut office.site;
    std::fs::write(site.path("ams.pem"), &other.site.ca).unwrap();
    std::fs::write(site.path("ams.password"), format!("{PASSWORD}\n")).unwrap();
    site.peers = vec![PeerConfig {
        location: "ams".parse().unwrap(),
        url: other.pages.clone(),
        ca: site.path("ams.pem"),
        name: "anna".to_owned(),
        password_file: site.path("ams.password"),
    }];
    site.restart().await;
    office.pages = format!("https://localhost:{}", site.server.as_ref().unwrap().pages_addr().unwrap().port());

    let mut chain = Chain::of(TILL, 2);
    let sales = chain.sales(5);
    office.site.post_journal(&chain, &sales[..3]).await.unwrap();
    other.site.post_journal(&chain, &sales).await.unwrap();
    let session = office.session().await;
    let asked = format!("/completeness?store=DE-0417&day={DAY}");
    let page = office.text(&asked, &session).await;
    assert!(page.contains("fra lacks till 2, 4-5, which ams has"), "{page}");
    let json = office.text(&format!("/v1/completeness/everywhere?store=DE-0417&day={DAY}"), &session).await;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((json["complete"].as_bool(), json["locations"].as_array().unwrap().len()), (Some(false), 2), "{json}");

    // The till brings the rest; then nothing differs.
    office.site.post_journal(&chain, &sales[3..]).await.unwrap();
    let page = office.text(&asked, &session).await;
    assert!(!page.contains("lacks"), "{page}");

    employ(&other.site, &["ben"]);
    let refused = "ams is not compared: it refuses with status 403";
    for _ in 0..500 {
        if office.text(&asked, &session).await.contains(refused) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(office.text(&asked, &session).await.contains(refused));
    other.site.server.take().unwrap().stop().await;
    assert!(office.text(&asked, &session).await.contains("ams is not compared: it does not answer"));
    let (config, store, day) = (office.site.config(), "DE-0417".parse().unwrap(), DAY.parse().unwrap());
    let comparison = cli::completeness(&config, &store, &day).await.unwrap();
    assert!(!comparison.complete && comparison.differences[0].contains("ams"), "{comparison:?}");
}

#[tokio::test]
async fn nobody_gets_in_without_the_password() {
    let office = Office::open().await;
    for path in ["/fleet", "/stores/DE-0417", "/completeness", "/audit"] {
        for cookie in ["", "__Host-operator=anna.99999999999.00", "__Host-operator=anna"] {
            let response = office.get(path, cookie).await;
            assert_eq!(
                (response.status(), response.headers()[LOCATION].as_bytes()),
                (StatusCode::SEE_OTHER, &b"/sign-on"[..])
            );
        }
    }
    for (name, password) in [("anna", "wrong"), ("eve", PASSWORD), ("", ""), ("ANNA", PASSWORD)] {
        let response = office.sign_on(name, password, Some(&office.pages)).await;
        assert!(response.headers().get(SET_COOKIE).is_none());
        assert!(response.text().await.unwrap().contains("the name or the password is wrong"));
    }
    for path in ["/v1/fleet", "/v1/completeness?store=DE-0417&day=2026-05-03"] {
        assert_eq!(office.get(path, "").await.status(), StatusCode::FORBIDDEN);
        let address = format!("{}{path}", office.pages);
        let wrong = office.browser.get(&address).basic_auth("anna", Some("wrong")).send().await.unwrap();
        assert_eq!(wrong.status(), StatusCode::FORBIDDEN);
        let right = office.browser.get(&address).basic_auth("anna", Some(PASSWORD)).send().await.unwrap();
        assert_eq!(right.status(), StatusCode::OK);
        serde_json::from_str::<serde_json::Value>(&right.text().await.unwrap()).unwrap();
    }
    let audit = office.text("/audit", &office.session().await).await;
    assert_eq!(audit.matches("<td>refused</td>").count(), 6, "each try is noted: {audit}");
}

#[tokio::test]
async fn a_form_of_another_page_is_refused() {
    let office = Office::open().await;
    let http = office.pages.replace("https", "http");
    for origin in [None, Some("https://evil.example"), Some("null"), Some(http.as_str())] {
        let response = office.sign_on("anna", PASSWORD, origin).await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{origin:?}");
        assert!(response.headers().get(SET_COOKIE).is_none());
    }
    let session = office.session().await;
    let off = office.browser.post(format!("{}/sign-off", office.pages)).header("Cookie", &session);
    assert_eq!(off.send().await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(office.get("/fleet", &session).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn who_guesses_must_wait_even_with_the_right_password() {
    let office = Office::open().await;
    for _ in 0..5 {
        office.sign_on("anna", "wrong", Some(&office.pages)).await;
    }
    let response = office.sign_on("anna", PASSWORD, Some(&office.pages)).await;
    assert!(response.headers().get(SET_COOKIE).is_none());
    assert!(response.text().await.unwrap().contains("try again in"));
}

#[tokio::test]
async fn a_session_outlives_a_restart_and_ends_with_the_operator() {
    let mut office = Office::open().await;
    let session = office.session().await;
    office.site.restart().await;
    let port = office.site.server.as_ref().unwrap().pages_addr().unwrap().port();
    office.pages = format!("https://localhost:{port}");
    assert_eq!(office.get("/fleet", &session).await.status(), StatusCode::OK);
    employ(&office.site, &["ben"]);
    let mut status = StatusCode::OK;
    for _ in 0..500 {
        status = office.get("/fleet", &session).await.status();
        if status != StatusCode::OK {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(status, StatusCode::SEE_OTHER, "the file without Anna is in force");
}

#[tokio::test]
async fn signing_off_ends_the_session_in_the_browser() {
    let office = Office::open().await;
    let session = office.session().await;
    let off = office.browser.post(format!("{}/sign-off", office.pages)).header("Cookie", &session);
    let off = off.header(ORIGIN, &office.pages).send().await.unwrap();
    assert_eq!(cookie(&off), "__Host-operator=");
    let flags = off.headers()[SET_COOKIE].to_str().unwrap().to_owned();
    for flag in ["Secure", "HttpOnly", "SameSite=Strict", "Max-Age=0"] {
        assert!(flags.contains(flag), "{flags}");
    }
}

#[tokio::test]
async fn metrics_count_and_name_no_store() {
    let office = Office::open().await;
    let mut chain = Chain::of(TILL, 2);
    let sales = chain.sales(3);
    office.site.post_journal(&chain, &sales).await.unwrap();
    for path in ["/nothing", "/nothing/here", "/v1/nothing"] {
        office.site.client.get(format!("{}{path}", office.site.base)).send().await.unwrap();
    }
    let text = office.text("/metrics", "").await;
    for line in [
        "head_office_entries_total 3",
        "head_office_tills 5",
        "head_office_store_healthy 1",
        "head_office_requests_total{route=\"/v1/tills/{region}/{store}/{till}/journal\",status=\"200\"} 1",
        "head_office_requests_total{route=\"other\",status=\"404\"} 3",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    assert!(!text.contains("DE-0417") && text.ends_with("# EOF\n"), "{text}");
}

#[tokio::test]
async fn browsers_are_told_what_they_may_and_tills_do_not_meet_operators() {
    let office = Office::open().await;
    let response = office.get("/sign-on", "").await;
    let policy = response.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let page = response.text().await.unwrap();
    assert!(
        page.matches("<script").count() == 1 && page.contains("<script src=\"/assets/htmx.min.js\" defer>"),
        "{page}"
    );
    // A page that keeps itself fresh and whose session is over is loaded anew, and so leads to the sign-on.
    let part = office.browser.get(format!("{}/fleet", office.pages)).header("HX-Request", "true").send().await.unwrap();
    assert_eq!((part.status(), &part.headers()["hx-refresh"]), (StatusCode::OK, &"true".parse().unwrap()));
    assert_eq!(office.get("/assets/till.css", "").await.status(), StatusCode::OK);
    assert_eq!(office.get("/assets/../../operators.toml", "").await.status(), StatusCode::NOT_FOUND);
    for path in ["/fleet", "/metrics", "/sign-on"] {
        let response = office.site.client.get(format!("{}{path}", office.site.base)).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path} at the tills' port");
    }
}
