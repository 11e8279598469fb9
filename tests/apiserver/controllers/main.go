// Command controllers runs the few of Kubernetes' own controllers that the tests need. The whole kube-controller-manager
// has 369 packages more to compile than kube-apiserver; this has twelve.
package main

import (
	"context"
	"flag"
	"os"
	"os/signal"
	"syscall"
	"time"

	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/util/flowcontrol"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/controller/certificates/rootcacertpublisher"
	"k8s.io/kubernetes/pkg/controller/cronjob"
	"k8s.io/kubernetes/pkg/controller/daemon"
	"k8s.io/kubernetes/pkg/controller/deployment"
	"k8s.io/kubernetes/pkg/controller/job"
	"k8s.io/kubernetes/pkg/controller/replicaset"
	"k8s.io/kubernetes/pkg/controller/serviceaccount"
	"k8s.io/kubernetes/pkg/controller/statefulset"
)

func must[T any](value T, err error) T {
	if err != nil {
		klog.Fatal(err)
	}
	return value
}

func main() {
	kubeconfig := flag.String("kubeconfig", "", "an administrator's kubeconfig")
	rootCA := flag.String("root-ca-file", "", "what kube-root-ca.crt holds in every namespace")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	config := must(clientcmd.BuildConfigFromFlags("", *kubeconfig))
	config.QPS, config.Burst = 500, 1000
	client := kubernetes.NewForConfigOrDie(config)
	all := informers.NewSharedInformerFactory(client, 12*time.Hour)
	apps, batch, core := all.Apps().V1(), all.Batch().V1(), all.Core().V1()

	backOff := flowcontrol.NewBackOff(time.Second, 15*time.Minute)
	replicaSets := replicaset.NewReplicaSetController(ctx, apps.ReplicaSets(), core.Pods(), client, replicaset.BurstReplicas)
	deployments := must(deployment.NewDeploymentController(ctx, apps.Deployments(), apps.ReplicaSets(), core.Pods(), client))
	statefulSets := statefulset.NewStatefulSetController(ctx, core.Pods(), apps.StatefulSets(), core.PersistentVolumeClaims(), apps.ControllerRevisions(), client)
	daemonSets := must(daemon.NewDaemonSetsController(ctx, apps.DaemonSets(), apps.ControllerRevisions(), core.Pods(), core.Nodes(), client, backOff))
	cronJobs := must(cronjob.NewControllerV2(ctx, batch.Jobs(), batch.CronJobs(), client))
	jobs := must(job.NewController(ctx, client, core.Pods(), batch.Jobs(), nil, nil))
	accounts := must(serviceaccount.NewServiceAccountsController(klog.FromContext(ctx), core.ServiceAccounts(), core.Namespaces(), client, serviceaccount.DefaultServiceAccountsControllerOptions()))
	certificates := must(rootcacertpublisher.NewPublisher(core.ConfigMaps(), core.Namespaces(), client, must(os.ReadFile(*rootCA))))

	all.Start(ctx.Done())
	go replicaSets.Run(ctx, 2)
	go deployments.Run(ctx, 2)
	go statefulSets.Run(ctx, 2)
	go daemonSets.Run(ctx, 2)
	go cronJobs.Run(ctx, 2)
	go jobs.Run(ctx, 2)
	go accounts.Run(ctx, 1)
	go certificates.Run(ctx, 1)
	<-ctx.Done()
}
