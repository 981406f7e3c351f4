//! Which flag sets which field of a configuration, so that a message about a flag names the flag.

use super::grammar;

/// Fields whose flags are not called as they are.
const OTHER_NAMES: [(&str, &str); 11] = [
    ("brightness", "augment-brightness"),
    ("contrast", "augment-contrast"),
    ("cutout", "augment-cutout"),
    ("d_steps_per_g_step", "d-steps"),
    ("dim", "latent-dim"),
    ("distribution", "latents"),
    ("half_life_images", "ema-half-life"),
    ("lambda", "gradient-penalty-weight"),
    ("ramp_up", "ema-ramp-up"),
    ("std", "dragan-std"),
    ("translation", "augment-translation"),
];

/// The flag that sets `field`, such as `--beta-1-g` for `generator_adam.beta_1`; none where there is
/// no such flag, or where `field` is one.
pub fn flag_of(field: &str) -> Option<String> {
    let last = field.rsplit('.').next()?;
    let name = OTHER_NAMES.iter().find(|(other, _)| *other == last).map(|(_, name)| *name);
    let name = name.map_or_else(|| last.replace('_', "-"), str::to_owned);
    let of_network = if field.starts_with("generator") {
        Some(format!("{name}-g"))
    } else if field.starts_with("discriminator") {
        Some(format!("{name}-d"))
    } else {
        None
    };
    let grammar = grammar();
    let is_flag = |name: &String| grammar.get_arguments().any(|arg| arg.get_long() == Some(name));
    of_network.into_iter().chain([name]).find(is_flag).map(|name| format!("--{name}"))
}

#[cfg(test)]
mod tests {
    use super::{OTHER_NAMES, flag_of};

    #[test]
    fn a_field_is_named_by_its_flag() {
        assert_eq!(flag_of("batch_size").as_deref(), Some("--batch-size"));
        assert_eq!(flag_of("generator_adam.beta_1").as_deref(), Some("--beta-1-g"));
        assert_eq!(flag_of("discriminator.hidden").as_deref(), Some("--hidden-d"));
        assert_eq!(flag_of("latents.dim").as_deref(), Some("--latent-dim"));
        assert_eq!(flag_of("image_shape"), None);
        assert!(OTHER_NAMES.iter().all(|(field, _)| flag_of(field).is_some()));
    }
}
