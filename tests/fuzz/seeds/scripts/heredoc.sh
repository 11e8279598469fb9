#!/bin/bash
cat <<EOF | kubectl apply -f -
apiVersion: v1
kind: ConfigMap
metadata:
  name: app-$ENV
data:
  a: ${B:-c}
EOF
