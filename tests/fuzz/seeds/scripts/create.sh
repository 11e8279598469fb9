#!/bin/sh
set -e
kubectl create configmap app --from-literal=a=b --from-file=x=y -n dev
kubectl create secret generic db --from-literal="user=$USER" --from-env-file=.env --dry-run=client -o yaml | kubectl apply -f -
