import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sample client of Mingjing's door, with nothing but JDK 17: it signs one batch
 * by RFC 9421 with Ed25519, sends it and prints what became of each record.
 * Copy it and change what you like.
 *
 * <pre>java Client.java --url https://exchange.example --key-id ID --key private.pem batch.json</pre>
 */
public final class Client {
    public static void main(String[] args) throws Exception {
        Map<String, String> option = new HashMap<>();
        String batch = null;
        for (int i = 0; i < args.length; i++) {
            if (args[i].startsWith("--")) {
                option.put(args[i].substring(2), args[++i]);
            } else {
                batch = args[i];
            }
        }
        if (batch == null || !option.containsKey("key") || !option.containsKey("key-id")) {
            System.err.println("usage: Client --url URL --key-id ID --key PEM [--platform CODE] [--at UNIX] FILE");
            System.exit(2);
        }
        byte[] body = Files.readAllBytes(Path.of(batch));
        String path = "/exchange/v1/batches";
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("content-type", "application/json");
        if (batch.endsWith(".ndjson")) {
            headers.put("content-type", "application/x-ndjson");
        } else if (batch.endsWith(".xml")) {
            headers.put("content-type", "application/xml");
            path = "/exchange/v1/xml";
        }
        if (option.containsKey("platform")) {
            headers.put("mingjing-platform", option.get("platform"));
        }
        URI uri = URI.create(option.getOrDefault("url", "http://127.0.0.1:8080") + path);
        PrivateKey key = readKey(Path.of(option.get("key")));
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

        // A batch may be sent again as often as needed: what was taken is
        // answered with its first receipt. So wait and retry on 429 and 503.
        for (int attempt = 1; ; attempt++) {
            long created = System.currentTimeMillis() / 1000;
            if (attempt == 1 && option.containsKey("at")) {
                created = Long.parseLong(option.get("at")); // for recorded examples
            }
            HttpRequest.Builder request = HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofByteArray(body));
            sign("POST", uri, body, headers, option.get("key-id"), key, created).forEach(request::header);
            HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            int status = response.statusCode();
            if (status == 200) {
                report(response.body());
                return;
            }
            if ((status != 429 && status != 503) || attempt == 5) {
                System.err.println(status + "\n" + response.body());
                System.exit(1);
            }
            Thread.sleep(1000L * response.headers().firstValueAsLong("Retry-After").orElse(1));
        }
    }

    /** Returns the headers with Content-Digest, Signature-Input and Signature added. */
    static Map<String, String> sign(String method, URI uri, byte[] body, Map<String, String> headers,
            String keyId, PrivateKey key, long created) throws Exception {
        Map<String, String> out = new LinkedHashMap<>(headers);
        Base64.Encoder base64 = Base64.getEncoder();
        out.put("content-digest", "sha-256=:" + base64.encodeToString(MessageDigest.getInstance("SHA-256").digest(body)) + ":");
        Map<String, String> derived = Map.of(
                "@method", method,
                "@path", uri.getRawPath(),
                "@query", "?" + (uri.getRawQuery() == null ? "" : uri.getRawQuery()),
                "@authority", uri.getRawAuthority().toLowerCase());
        List<String> names = new ArrayList<>(List.of("@method", "@path", "@query", "@authority", "content-digest", "content-type"));
        if (out.containsKey("mingjing-platform")) {
            names.add("mingjing-platform");
        }
        String params = "(\"" + String.join("\" \"", names) + "\");created=" + created + ";keyid=\"" + keyId + "\";alg=\"ed25519\"";
        StringBuilder text = new StringBuilder();
        for (String name : names) {
            text.append('"').append(name).append("\": ").append(derived.getOrDefault(name, out.get(name))).append('\n');
        }
        text.append("\"@signature-params\": ").append(params);
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(key);
        signature.update(text.toString().getBytes(StandardCharsets.US_ASCII));
        out.put("signature-input", "sig1=" + params);
        out.put("signature", "sig1=:" + base64.encodeToString(signature.sign()) + ":");
        return out;
    }

    static PrivateKey readKey(Path file) throws Exception {
        String pem = Files.readString(file).replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        return KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
    }

    /** Prints a line a record. A real client would read the answer with its JSON library. */
    static void report(String answer) {
        Matcher m = Pattern.compile("\"index\":(\\d+),\"status\":\"(\\w+)\"(?:,\"receipt\":\\{\"log\":\"[^\"]*\",\"position\":(\\d+),\"leaf\":\"(\\w+)\")?").matcher(answer);
        while (m.find()) {
            String line = m.group(1) + " " + m.group(2);
            if (m.group(3) != null) {
                line += " position " + m.group(3) + " leaf " + m.group(4);
            }
            System.out.println(line);
        }
    }
}
