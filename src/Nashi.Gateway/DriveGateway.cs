using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;
using Nashi.Hyperdrive;

namespace Nashi.Gateway;

/// <summary>Serves a drive over HTTP: GET and HEAD, byte ranges, entity tags, folders as lists.</summary>
/// <remarks>
/// The drive is a stranger's: its pages may use what is in the drive and nothing else, are told neither who links to them nor what else the browser has
/// open, and are never guessed to be another type than their name says. Content that is not here is fetched from peers as it is read. Dispose it to stop.
/// </remarks>
public sealed class DriveGateway : IAsyncDisposable
{
    private const string Index = "index.html";
    private const string Policy = "default-src 'self' 'unsafe-inline' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private static readonly FileExtensionContentTypeProvider Types = new();
    private readonly WebApplication _web;
    private readonly Drive _drive;
    private readonly DriveGatewayOptions _options;

    private DriveGateway(WebApplication web, Drive drive, DriveGatewayOptions options)
    {
        _web = web;
        _drive = drive;
        _options = options;
    }

    /// <summary>Where it serves, such as <c>http://127.0.0.1:8080/</c>.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    /// <summary>Starts serving the newest version of a drive, or the one version that a checkout is. The drive is borrowed.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async ValueTask<DriveGateway> StartAsync(Drive drive, DriveGatewayOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(drive);
        options ??= DriveGatewayOptions.Default;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(options.Host, options.Port);
        });
        var web = builder.Build();
        var gateway = new DriveGateway(web, drive, options);
        web.Run(gateway.AnswerAsync);
        try
        {
            await web.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await web.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        gateway.Address = new Uri(web.Urls.First());
        return gateway;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        using var hurry = new CancellationTokenSource(TimeSpan.FromSeconds(1), _options.TimeProvider);
        await _web.StopAsync(hurry.Token).ConfigureAwait(false);
        await _web.DisposeAsync().ConfigureAwait(false);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Guard(context.Response.Headers);
        try
        {
            await RouteAsync(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The browser left.
        }
        catch (DrivePathException)
        {
            await SayAsync(context, StatusCodes.Status404NotFound, "That link leads out of the drive.").ConfigureAwait(false);
        }
        catch (Exception error) when (error is NashiException or OperationCanceledException && !context.Response.HasStarted)
        {
            await SayAsync(context, StatusCodes.Status504GatewayTimeout, "Nobody who has this file can be reached right now. Try again later.").ConfigureAwait(false);
        }
    }

    private Task RouteAsync(HttpContext context)
    {
        var request = context.Request;
        if (!IsOurs(request.Host.Host)) return SayAsync(context, StatusCodes.Status421MisdirectedRequest, "This gateway is not known by that name.");
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) return SendAsync(context, request.Path.Value is { Length: > 0 } path ? path : "/");
        context.Response.Headers.Allow = "GET, HEAD";
        return SayAsync(context, StatusCodes.Status405MethodNotAllowed, "A drive is only read here.");
    }

    private async Task SendAsync(HttpContext context, string path)
    {
        // One version for the whole answer, whatever is published meanwhile.
        var drive = _drive.Snapshot();
        if (path != "/" && !DrivePath.IsCanonical(path.TrimEnd('/'))) await SayAsync(context, StatusCodes.Status400BadRequest, "That is not a path.").ConfigureAwait(false);
        else if (await FindAsync(drive, path, context.RequestAborted).ConfigureAwait(false) is { } entry) await SendFileAsync(context, drive, path, entry).ConfigureAwait(false);
        else if (!await drive.ReadDirectoryAsync(path, context.RequestAborted).AnyAsync(context.RequestAborted).ConfigureAwait(false)) await SayAsync(context, StatusCodes.Status404NotFound, "The drive has nothing there.").ConfigureAwait(false);
        else if (!path.EndsWith('/')) context.Response.Redirect(context.Request.Path.ToUriComponent() + "/", permanent: false);
        else if (_options.ListsFolders) await SendFolderAsync(context, drive, path).ConfigureAwait(false);
        else await SayAsync(context, StatusCodes.Status404NotFound, "The drive has no page there.").ConfigureAwait(false);
    }

    private static async ValueTask<DriveEntry?> FindAsync(Drive drive, string path, CancellationToken cancellationToken)
    {
        var file = path.EndsWith('/') ? path + Index : path;
        return await drive.GetEntryAsync(file, follow: true, cancellationToken).ConfigureAwait(false);
    }

    private async Task SendFileAsync(HttpContext context, Drive drive, string path, DriveEntry entry)
    {
        var length = await drive.GetByteLengthAsync(entry, context.RequestAborted).ConfigureAwait(false);
        var content = new EntryStream(drive, entry, (long)length);
        await using var closing = content.ConfigureAwait(false);
        if (HttpMethods.IsGet(context.Request.Method)) await WaitForContentAsync(content, context.RequestAborted).ConfigureAwait(false);
        var type = Types.TryGetContentType(path.EndsWith('/') ? Index : path, out var known) ? known : "application/octet-stream";
        if (type.StartsWith("text/", StringComparison.Ordinal)) type += "; charset=utf-8";
        // The entry's block never changes; after a fork there may be another in its place.
        var tag = new EntityTagHeaderValue($"\"{drive.Core.Fork}-{entry.Seq}\"");
        context.Response.Headers.CacheControl = "no-cache";
        await Results.Stream(content, type, entityTag: tag, enableRangeProcessing: true).ExecuteAsync(context).ConfigureAwait(false);
    }

    // An answer that has begun cannot turn into an error: so not before there is something to send.
    private async ValueTask WaitForContentAsync(EntryStream content, CancellationToken aborted)
    {
        using var patience = new CancellationTokenSource(_options.Patience, _options.TimeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(aborted, patience.Token);
        await content.FillAsync(both.Token).ConfigureAwait(false);
    }

    private static async Task SendFolderAsync(HttpContext context, Drive drive, string path)
    {
        var names = await drive.ReadDirectoryAsync(path, context.RequestAborted).ToListAsync(context.RequestAborted).ConfigureAwait(false);
        var page = new StringBuilder();
        var title = WebUtility.HtmlEncode(path);
        page.Append("<!doctype html><meta charset=utf-8><title>").Append(title).Append("</title><h1>").Append(title).Append("</h1><ul>\n");
        if (path != "/") page.Append("<li><a href=\"../\">..</a>\n");
        foreach (var name in names) page.Append("<li><a href=\"./").Append(Uri.EscapeDataString(name)).Append("\">").Append(WebUtility.HtmlEncode(name)).Append("</a>\n");
        page.Append("</ul>");
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache";
        await context.Response.WriteAsync(page.ToString(), context.RequestAborted).ConfigureAwait(false);
    }

    private static Task SayAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.WriteAsync(text + "\n", context.RequestAborted);
    }

    private static void Guard(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }

    // A name that a web page's owner points at this machine is not ours: DNS rebinding.
    private bool IsOurs(string host)
    {
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || _options.AllowedHosts.Contains(host, StringComparer.OrdinalIgnoreCase)) return true;
        return IPAddress.TryParse(host, out _);
    }
}
