//! axe-core, the common judge of accessibility, looks at what a cashier sees. Colours, names, roles and the focus order
//! of one rendering are what it can judge; the rest is for people.

use crate::chromium::{Chromium, ESCAPE, f_key};
use crate::page::Page;
use crate::shop::EUROPE;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The exact version, so that a new rule does not fail an old page.
const AXE: &str = "axe-core@4.14.1";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn axe_finds_nothing_serious_on_any_screen() {
    let axe = source();
    let page = Page::open(EUROPE).await;
    let browser = &page.browser;
    let mut found = Vec::new();
    found.extend(judge(browser, &axe, "sign-on").await);
    page.sign_on("1", "111").await;
    browser.until_focused("float").await;
    found.extend(judge(browser, &axe, "open the shift").await);
    browser.keys(page.shop.float).await;
    browser.key(crate::chromium::ENTER).await;
    page.enter(&format!("3*{}", page.shop.yoghurt)).await;
    browser.until_shown(".line .note", "3 for 2").await;
    found.extend(judge(browser, &axe, "selling").await);
    browser.until_focused("entry").await;
    browser.key(f_key(10)).await;
    browser.until_there(".notes").await;
    found.extend(judge(browser, &axe, "tender").await);
    browser.click(".notes button.primary").await;
    browser.until_there(".sold").await;
    found.extend(judge(browser, &axe, "sold").await);
    browser.key(ESCAPE).await;
    browser.until("!document.querySelector('.sold')").await;
    page.enter(page.shop.wine).await;
    browser.until_there("[role=dialog]").await;
    found.extend(judge(browser, &axe, "age").await);
    browser.key(ESCAPE).await;
    browser.until("!document.querySelector('[role=dialog]')").await;
    browser.click("a[href='/counter/view?panel=menu']").await;
    browser.until_there(".menu").await;
    found.extend(judge(browser, &axe, "menu").await);
    page.menu("refund").await;
    browser.until_focused("receipt").await;
    found.extend(judge(browser, &axe, "find a receipt").await);
    browser.keys("1").await;
    browser.key(crate::chromium::ENTER).await;
    browser.until_focused("take_1").await;
    found.extend(judge(browser, &axe, "refund").await);
    page.menu("close-shift").await;
    browser.until_there("#close-form").await;
    found.extend(judge(browser, &axe, "close the shift").await);
    assert!(found.is_empty(), "{found:#?}");
    page.finish(&[]).await;
}

/// What axe finds serious or critical, in the light and in the dark.
pub async fn judge(browser: &Chromium, axe: &str, screen: &str) -> Vec<String> {
    let script = format!(
        "const done = arguments[arguments.length - 1]; if (!window.axe) {{ {axe} }}
         axe.run(document).then((result) => done(result.passes.length ? result.violations : [{{ impact: 'critical', help: 'nothing judged' }}]), (error) => done([{{ impact: 'critical', help: String(error) }}]));"
    );
    let mut found = Vec::new();
    for scheme in ["light", "dark"] {
        browser.prefer(scheme).await;
        browser.until(&format!("matchMedia('(prefers-color-scheme: {scheme})').matches")).await;
        let violations = browser.client.execute_async(&script, Vec::new()).await.unwrap();
        for violation in violations.as_array().unwrap() {
            if violation["impact"] == "serious" || violation["impact"] == "critical" {
                let places: Vec<&Value> =
                    violation["nodes"].as_array().map(|nodes| nodes.iter().collect()).unwrap_or_default();
                let places: Vec<String> =
                    places.iter().map(|node| format!("{} {}", node["html"], node["failureSummary"])).collect();
                found.push(format!("{screen}, {scheme}: {} {places:?}", violation["help"]));
            }
        }
    }
    browser.prefer("light").await;
    found
}

/// axe-core's source.
pub fn source() -> String {
    std::fs::read_to_string(fetched()).unwrap()
}

/// axe-core's file under `target/`, fetched by npm the first time.
fn fetched() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("axe");
    let file = folder.join("node_modules/axe-core/axe.min.js");
    if file.is_file() {
        return file;
    }
    std::fs::create_dir_all(&folder).unwrap();
    let mut npm = Command::new("npm");
    npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"]).arg(&folder).arg(AXE);
    let said = npm.output().expect("npm is needed for axe-core: `apt-get install npm`");
    let error = String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success(), "npm could not fetch {AXE}; is there a network? {error}");
    file
}
