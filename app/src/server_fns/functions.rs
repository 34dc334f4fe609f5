//! The macro that lists the functions of a topic.

/// Gives out functions of a topic, and the constants with their addresses: `CONSTANT = file::function, Arguments;`.
macro_rules! functions {
    ($($constant:ident = $file:ident::$function:ident, $arguments:ident;)*) => {
        $(pub use $file::$function;)*

        /// The addresses of the functions.
        pub mod paths {
            use leptos::server_fn::ServerFn;

            $(
                #[doc = concat!("The address of [`super::", stringify!($function), "()`].")]
                pub const $constant: &str = super::$file::$arguments::PATH;
            )*
        }
    };
}
