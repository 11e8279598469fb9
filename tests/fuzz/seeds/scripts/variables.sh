k=kubectl
for n in a b; do $k create secret tls $n --cert=c --key=k; done
oc create cm x --from-literal a=b; (cd x && kubectl create secret docker-registry r --docker-username=u --docker-password='p q')
