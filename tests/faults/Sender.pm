# Sender: sends notifications as Meta does; and the notifications, for database.
package Sender;
use strict;
use warnings;
use Digest::SHA 'hmac_sha256_hex';
use Exporter 'import';
use IO::Socket::INET;
use Socket qw(SOL_SOCKET SO_RCVTIMEO);
use Time::HiRes 'sleep';

our @EXPORT_OK = qw(body_of sample is_repeated is_right);

# body_of NAME LATER: a notification; with LATER, as Meta may repeat it, with another
# time. One with an even number has an id of Meta's, by which it is recognized then.
sub body_of {
	my ($name, $later) = @_;
	my ($number) = $name =~ /-(\d+)$/;
	my $time = 1_700_000_000 + $number + ($later ? 3 : 0);
	my $text = 'é\u0000 \"\\\\' . 'x' x ($number * 7 % 300);
	my ($field, $key) = $number % 2 ? qw(feed of) : qw(leadgen leadgen_id);
	return qq({"object":"page","entry":[{"id":"$name","time":$time,"changes":[) .
	    qq({"field":"$field","value":{"$key":"$name","text":"$text"}}]}]});
}

sub sample {
	return '{"object":"page","entry":[{"id":"0","time":0,"changes":[' .
	    '{"field":"feed","value":{"text":"sample"}}]}]}';
}

# Whether this one is sent to the other host as well, and whether with another time.
sub is_repeated {
	my ($number) = @_;
	return ($number % 20 == 11, 0) if $number % 2;
	return ($number % 20 == 0, 1);
}

# Whether the notification of this name has this body.
sub is_right {
	my ($name, $body) = @_;
	return $body eq sample() if $name eq '0';
	return $name =~ /^[a-d]-\d+$/ &&
	    ($body eq body_of($name, 0) || $body eq body_of($name, 1));
}

my $patience = 120;	# seconds for a 200

sub new {
	my ($class, $host, $secret) = @_;
	return bless { port => $host->{port}, secret => $secret, refused => 0 }, $class;
}

sub connected {
	my ($self) = @_;
	return $self->{socket} if $self->{socket};
	my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
	    PeerPort => $self->{port}) or return;
	setsockopt $socket, SOL_SOCKET, SO_RCVTIMEO, pack('l!l!', 30, 0);
	return $self->{socket} = $socket;
}

# The status of an answer, 0 if none comes.
sub answer {
	my ($self) = @_;
	my $text = '';
	while ($text !~ /\r\n\r\n/) {
		sysread $self->{socket}, $text, 4096, length $text or return 0;
	}
	my ($status) = $text =~ m{^HTTP/1\.1 (\d+) } or return 0;
	my ($size) = $text =~ /\r\nContent-Length: (\d+)\r\n/i;
	while (length($text) < index($text, "\r\n\r\n") + 4 + ($size // 0)) {
		sysread $self->{socket}, $text, 4096, length $text or return 0;
	}
	undef $self->{socket} if !defined $size || $text =~ /\r\nConnection: close/i;
	return $status;
}

# attempt BODY: the status of the answer, 0 if none comes.
sub attempt {
	my ($self, $body) = @_;
	my $socket = $self->connected() or return 0;
	my $mac = hmac_sha256_hex($body, $self->{secret});
	local $SIG{PIPE} = 'IGNORE';
	my $status = syswrite($socket, "POST /webhook HTTP/1.1\r\nHost: localhost\r\n" .
	    "X-Hub-Signature-256: sha256=$mac\r\nContent-Length: " . length($body) .
	    "\r\nContent-Type: application/json\r\n\r\n$body") ? $self->answer() : 0;
	undef $self->{socket} if !$status;
	return $status;
}

# send BODY: repeats it until the answer is 200.
sub send {
	my ($self, $body) = @_;
	my $end = time + $patience;
	while ($self->attempt($body) != 200) {
		$self->{refused}++;
		die "port $self->{port} does not answer 200\n" if time > $end;
		sleep 0.05;
	}
}

1;
