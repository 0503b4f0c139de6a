//! Taking the bodies out of functions that stand in the WASM and that nobody goes through, or that only lead to its end.
//!
//! The framework keeps ready, for each view of ours, how it would be hydrated while data is waited for: nothing here does that.
//! What a panic would say is shown to nobody: no browser has a console that this build writes to, so a panic is the end of the
//! script, and it may as well be so at once. Neither can be left out by a setting; both are known by the names of functions.
//!
//! Invariant: what is emptied traps. A page that did go through such a function would stop, and every journey with it.

use crate::Outcome;
use std::collections::HashSet;
use std::path::Path;
use walrus::ir::{Instr, InstrLocId, VisitorMut, dfs_pre_order_mut};
use walrus::{FunctionBuilder, FunctionId, FunctionKind, Module, ModuleConfig};

/// Hydrating while something is waited for: a page of ours is hydrated at once, from what the server sent.
///
/// Only the functions themselves and their closures: a helper within, or what drops their values, the compiler may have made one
/// with somebody else's of the same instructions, under either name. (So are `hydrate_from_template` and `build`.)
fn waits(name: &str) -> bool {
    const CLOSURE: &str = "28_$u7b$$u7b$closure$u7d$$u7d$";
    let hash = |rest: &str| rest.trim_start_matches(CLOSURE).starts_with("17h");
    name.split_once("13hydrate_async").is_some_and(|(_, rest)| hash(rest))
}

/// Writing out a value of JavaScript, as only a panic would.
fn tells(name: &str) -> bool {
    name.contains("wasm_bindgen..JsValue$u20$as$u20$core..fmt..Debug")
}

/// The ways into a panic, as the compiler and the library call them.
fn panics(name: &str) -> bool {
    PANICS.iter().any(|part| name.contains(part))
}

/// What is in their names.
const PANICS: [&str; 12] = [
    "4core9panicking",
    "4core6option13unwrap_failed",
    "4core6option13expect_failed",
    "4core6result13unwrap_failed",
    "4core3str16slice_error_fail",
    "5index16slice_index_fail",
    "17len_mismatch_fail",
    "13assert_failed",
    "panic_already_",
    "panic_access_error",
    "17capacity_overflow",
    "8raw_vec12handle_error",
];

/// The module at `raw`, with its names, without what those functions hold.
pub fn without(raw: &Path) -> Outcome<Vec<u8>> {
    let mut config = ModuleConfig::new();
    config.strict_validate(false).generate_producers_section(true);
    let mut module = config.parse_file(raw).map_err(|cause| format!("{}: {cause}", raw.display()))?;
    let never = named(&module, |name| waits(name) || tells(name));
    // What panics has nothing to give back.
    let ends: HashSet<FunctionId> = named(&module, panics)
        .into_iter()
        .filter(|id| module.types.results(module.funcs.get(*id).ty()).is_empty())
        .collect();
    for id in never.into_iter().chain(ends.iter().copied()) {
        empty(&mut module, id);
    }
    for (_, function) in module.funcs.iter_local_mut() {
        let entry = function.entry_block();
        dfs_pre_order_mut(&mut AtOnce(&ends), function, entry);
    }
    Ok(module.emit_wasm())
}

/// The functions that are called so.
fn named(module: &Module, so: impl Fn(&str) -> bool) -> Vec<FunctionId> {
    let is = |id: &FunctionId| module.funcs.get(*id).name.as_deref().is_some_and(&so);
    module.funcs.iter_local().map(|(id, _)| id).filter(is).collect()
}

/// A function that ends the script.
fn empty(module: &mut Module, id: FunctionId) {
    let (params, results) = module.types.params_results(module.funcs.get(id).ty());
    let (params, results) = (params.to_vec(), results.to_vec());
    let mut builder = FunctionBuilder::new(&mut module.types, &params, &results);
    builder.func_body().unreachable();
    let args = params.iter().map(|kind| module.locals.add(*kind)).collect();
    module.funcs.get_mut(id).kind = FunctionKind::Local(builder.local_func(args));
}

/// Who would call one of these ends there: what he would tell it is not worked out either.
struct AtOnce<'a>(&'a HashSet<FunctionId>);

impl VisitorMut for AtOnce<'_> {
    fn visit_instr_mut(&mut self, instr: &mut Instr, _: &mut InstrLocId) {
        if let Instr::Call(call) = instr
            && self.0.contains(&call.func)
        {
            *instr = walrus::ir::Unreachable {}.into();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{panics, tells, waits, without};
    use walrus::{FunctionBuilder, Module};

    #[test]
    fn only_what_is_hydrated_in_waiting_is_meant() {
        let closure = "28_$u7b$$u7b$closure$u7d$$u7d$";
        for meant in [
            "_ZN1T8into_any13hydrate_async17h0E".to_owned(),
            format!("_ZN1T8into_any13hydrate_async{closure}{closure}17h0E"),
        ] {
            assert!(waits(&meant), "{meant}");
        }
        for other in [
            "_ZN1T8into_any19hydrate_from_server17h0E".to_owned(),
            format!("_ZN1T13hydrate_async{closure}7inner_117h0E"),
            "_ZN4core3ptr20drop_in_place$LT$T..hydrate_async..$u7b$$u7b$closure$GT$17h0E".to_owned(),
        ] {
            assert!(!waits(&other), "{other}");
        }
    }

    #[test]
    fn who_would_panic_ends_there() {
        let mut module = Module::default();
        let end = FunctionBuilder::new(&mut module.types, &[], &[]);
        let end = end.finish(vec![], &mut module.funcs);
        module.funcs.get_mut(end).name = Some("_RNvNtCs0_4core9panicking9panic_fmt".to_owned());
        let mut caller = FunctionBuilder::new(&mut module.types, &[], &[]);
        caller.func_body().call(end);
        let caller = caller.finish(vec![], &mut module.funcs);
        module.exports.add("caller", caller);
        let path = std::env::temp_dir().join(format!("closing-bell-unused-{}.wasm", std::process::id()));
        let done =
            module.emit_wasm_file(&path).map_err(|cause| cause.to_string()).and_then(|()| without(&path));
        let _ = std::fs::remove_file(&path);
        let text = format!("{done:?}");
        let done = done.ok().and_then(|bytes| Module::from_buffer(&bytes).ok());
        let all = done.iter().flat_map(|module| module.funcs.iter_local());
        let instructions: Vec<String> = all
            .flat_map(|(_, function)| function.block(function.entry_block()).instrs.clone())
            .map(|(instruction, _)| format!("{instruction:?}"))
            .collect();
        assert!(instructions.len() == 2, "{text}");
        assert!(
            instructions.iter().all(|instruction| instruction.starts_with("Unreachable")),
            "{instructions:?}"
        );
    }

    #[test]
    fn whether_somebody_panics_already_is_no_panic() {
        assert!(!panics("_RNvNtNtCs0_3std9panicking11panic_count17is_zero_slow_path"));
        assert!(panics("_RNvNtNtCs0_4core9panicking18panic_bounds_check"));
        assert!(tells("_ZN1_$LT$wasm_bindgen..JsValue$u20$as$u20$core..fmt..Debug$GT$3fmt17h0E"));
    }
}
