# docker build -t gan .
# docker run --rm -v "$PWD:/work" gan --budget 3m
FROM rust:1.95-slim-trixie AS build
WORKDIR /src
COPY . .
# The GPU backends need a driver that a container rarely has.
RUN cargo build --release --locked -p gan-cli --no-default-features --bin gan && strip target/release/gan

FROM debian:trixie-slim
COPY --from=build /src/target/release/gan /usr/local/bin/gan
WORKDIR /work
ENTRYPOINT ["gan"]
