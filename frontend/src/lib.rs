//! The WASM's way in, and nothing else: the page calls `hydrate()` once the module is there.

use wasm_bindgen::prelude::wasm_bindgen;

/// Takes over the page that the server rendered.
#[wasm_bindgen]
pub fn hydrate() {
    app::hydrate();
}
