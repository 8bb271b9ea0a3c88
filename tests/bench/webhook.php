<?php
// A careful receiver in PHP: it compares in constant time, stores only JSON, locks,
// writes one line, and answers once that is on disk. BENCH_SYNC=0 skips the sync.

$body = file_get_contents('php://input');
$mac = 'sha256=' . hash_hmac('sha256', $body, getenv('BENCH_SECRET'));
header('Content-Type: text/plain; charset=utf-8');
if (!hash_equals($mac, $_SERVER['HTTP_X_HUB_SIGNATURE_256'] ?? '')) {
    http_response_code(401);
    exit("unauthorized\n");
}
json_decode($body);
if (json_last_error() !== JSON_ERROR_NONE) {
    http_response_code(400);
    exit("bad-request\n");
}
$line = '{"received_at":"' . gmdate('Y-m-d\TH:i:s\Z') . '","payload":' .
    strtr($body, "\r\n", '  ') . "}\n";
$file = fopen(getenv('BENCH_LOG'), 'a');
if ($file === false || !flock($file, LOCK_EX) ||
    fwrite($file, $line) !== strlen($line) || !fflush($file) ||
    (getenv('BENCH_SYNC') !== '0' && !fdatasync($file))) {
    http_response_code(503);
    exit("unavailable\n");
}
flock($file, LOCK_UN);
echo "ok\n";
