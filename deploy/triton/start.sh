#!/bin/sh
# Starts Triton over a model repository; further arguments are Triton's own.
#
# MODEL_REPOSITORY  where it is; /models
# ENDPOINT_KEY      whoever asks for an inference must send it as the header Endpoint-Key; not set: anybody may; set and blank: it does not start
#
# The key becomes an argument, since tritonserver takes it from nowhere else: whoever may list the container's processes can read it.
# What a client of ours never needs (loading models, shared memory, traces, settings) is behind a key in any case: nobody's, where there is none.
set -eu
administration=model-repository,model-config,shared-memory,statistics,trace,logging
if [ -z "${ENDPOINT_KEY+set}" ]; then
  restricted="$administration:Endpoint-Key=$(cat /proc/sys/kernel/random/uuid)"
else
  case "$ENDPOINT_KEY" in
    *[![:space:]]*) restricted="inference,metadata,$administration:Endpoint-Key=$ENDPOINT_KEY" ;;
    *)
      echo "ENDPOINT_KEY is set, and empty: anybody might draw." >&2
      exit 2
      ;;
  esac
fi
# Ready only with every model there; a model that cannot be loaded ends the server, so that a deployment stops there. 30 seconds after SIGTERM.
exec tritonserver \
  --model-repository="${MODEL_REPOSITORY:-/models}" \
  --model-control-mode=none \
  --strict-readiness=true \
  --exit-on-error=true \
  --exit-timeout-secs=30 \
  --allow-grpc=false \
  --http-restricted-api="$restricted" \
  --log-format=ISO8601 \
  "$@"
