python -c 'x' `kubectl get x` $(kubectl create cm a --from-literal=k="$(cat <<E
x
E
)") && \
 echo 'it''s' "a\"b" # c
