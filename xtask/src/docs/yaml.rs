//! YAML, as far as `docs/asyncapi.yaml` needs it: maps keep their order, every string is quoted as in JSON.

use serde_json::Value;

/// A node of the document.
pub enum Node {
    /// Names and nodes, in this order.
    Map(Vec<(String, Node)>),
    /// Nodes.
    List(Vec<Node>),
    /// Anything on one line.
    Inline(Value),
}

/// A map of these.
pub fn map<const N: usize>(entries: [(&str, Node); N]) -> Node {
    Node::Map(entries.into_iter().map(|(name, node)| (name.to_owned(), node)).collect())
}

/// A text.
pub fn text(words: &str) -> Node {
    Node::Inline(Value::from(words))
}

/// A reference to another part of the document.
pub fn reference(to: &str) -> Node {
    Node::Inline(serde_json::json!({ "$ref": to }))
}

/// A value of JSON, spread over lines.
pub fn spread(value: &Value) -> Node {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            Node::Map(fields.iter().map(|(name, value)| (name.clone(), spread(value))).collect())
        }
        other => Node::Inline(other.clone()),
    }
}

impl Node {
    /// The document below this node.
    pub fn document(&self) -> String {
        let mut page = String::new();
        self.write(&mut page, 0);
        page
    }

    fn write(&self, page: &mut String, depth: usize) {
        match self {
            Node::Map(entries) => {
                for (name, node) in entries {
                    page.push_str(&"  ".repeat(depth));
                    page.push_str(&key(name));
                    page.push(':');
                    node.write_below(page, depth);
                }
            }
            Node::List(items) => {
                for item in items {
                    page.push_str(&"  ".repeat(depth));
                    page.push('-');
                    item.write_below(page, depth);
                }
            }
            Node::Inline(value) => page.push_str(&format!("{value}\n")),
        }
    }

    fn write_below(&self, page: &mut String, depth: usize) {
        if let Node::Inline(value) = self {
            page.push_str(&format!(" {value}\n"));
        } else {
            page.push('\n');
            self.write(page, depth + 1);
        }
    }
}

/// A plain word stands as it is; anything else is quoted.
fn key(name: &str) -> String {
    let plain = name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    // What YAML 1.1 takes for something else than a word.
    let word = matches!(name, "null" | "true" | "false" | "yes" | "no" | "on" | "off" | "y" | "n");
    if plain && !word { name.to_owned() } else { Value::from(name).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn maps_lists_and_texts() {
        let node = map([
            ("title", text("a \"night\": 5 #")),
            ("$id", reference("#/x")),
            ("tags", Node::List(vec![text("a"), map([("name", text("b"))])])),
            ("example", spread(&json!({ "no": [1, 2], "payload": { "a": null } }))),
        ]);
        let expected = concat!(
            "title: \"a \\\"night\\\": 5 #\"\n\"$id\": {\"$ref\":\"#/x\"}\n",
            "tags:\n  - \"a\"\n  -\n    name: \"b\"\n",
            "example:\n  \"no\": [1,2]\n  payload:\n    a: null\n",
        );
        assert_eq!(node.document(), expected);
    }
}
