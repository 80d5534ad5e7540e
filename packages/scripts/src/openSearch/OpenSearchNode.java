import org.codelibs.opensearch.runner.OpenSearchRunner;

/** One OpenSearch node on the loopback address. Arguments: a directory for its files, and its HTTP port. */
class OpenSearchNode {
    public static void main(String[] args) throws Exception {
        String directory = args[0];
        String port = args[1];
        OpenSearchRunner runner = new OpenSearchRunner();
        runner.onBuild((number, settings) -> {
            settings.put("network.host", "127.0.0.1");
            settings.put("http.port", port);
            settings.put("transport.port", "0");
            settings.put("discovery.type", "single-node");
            // A nearly full disk would otherwise make every index read-only.
            settings.put("cluster.routing.allocation.disk.threshold_enabled", false);
        });
        runner.build(OpenSearchRunner.newConfigs().basePath(directory).numOfNode(1).clusterName("pendo").printOnFailure());
        // Whoever started this holds the other end of the standard input. When they are gone, however that came, so is this.
        while (System.in.read() != -1) {}
        runner.close();
        System.exit(0);
    }
}
