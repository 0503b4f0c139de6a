//! The description of the API is the committed one, is OpenAPI 3.1, and describes every route of the API and no other.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");
/// Set, it is written anew instead of compared.
const RENEW: &str = "CLOSING_BELL_RENEW";

fn document() -> Value {
    serde_json::to_value(server::api::openapi::document()).unwrap()
}

#[test]
fn the_committed_description_is_the_present_one() {
    let mut present = serde_json::to_string_pretty(&document()).unwrap();
    present.push('\n');
    if std::env::var_os(RENEW).is_some() {
        std::fs::write(COMMITTED, &present).unwrap();
    }
    let committed = std::fs::read_to_string(COMMITTED).unwrap_or_default();
    assert!(
        committed == present,
        "docs/openapi.json is not the present description; run: {RENEW}=1 cargo test -p server --test openapi"
    );
}

#[test]
fn it_is_openapi_3_1() {
    assert_eq!(document()["openapi"], "3.1.0");
}

#[test]
fn it_describes_every_route_of_the_api_and_no_other() {
    let document = document();
    let described: BTreeSet<&str> =
        document["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    let routes: BTreeSet<&str> = server::router::routes()
        .into_iter()
        .map(|route| route.path)
        .filter(|path| path.starts_with("/api/") || ["/healthz", "/readyz", "/metrics"].contains(path))
        .collect();
    assert_eq!(described, routes);
}

#[test]
fn every_answer_is_described() {
    let document = document();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            for (status, answer) in operation["responses"].as_object().unwrap() {
                assert_ne!(answer["description"], "", "{method} {path} {status}");
            }
        }
    }
}

/// A reference that leads nowhere is a description that no tool can read.
#[test]
fn every_reference_leads_somewhere_and_every_operation_has_its_own_name() {
    fn walk<'a>(value: &'a Value, references: &mut Vec<&'a str>) {
        match value {
            Value::Object(fields) => {
                references.extend(fields.get("$ref").and_then(Value::as_str));
                fields.values().for_each(|value| walk(value, references));
            }
            Value::Array(items) => items.iter().for_each(|value| walk(value, references)),
            _ => {}
        }
    }
    let document = document();
    let mut references = Vec::new();
    walk(&document, &mut references);
    assert!(!references.is_empty());
    for reference in references {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
    let mut names = BTreeMap::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for operation in methods.as_object().unwrap().values() {
            let name = operation["operationId"].as_str().unwrap();
            assert_eq!(names.insert(name, path), None, "{name} is at {path} too");
        }
    }
}
