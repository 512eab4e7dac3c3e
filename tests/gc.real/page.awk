# page.awk - writes a large HTML page for w3m -dump.
BEGIN {
    print "<html><head><title>A large page</title></head><body>"
    for (i = 0; i < 400; i++) {
        printf "<h2>Part %d</h2><p>Words &amp; &lt;signs&gt; number %d", i, i * i
        for (k = 0; k < 40; k++)
            printf " word%d <b>bold%d</b> <i>slanted</i> <a href=\"p%d.html\">link</a>", k, k * i, k
        print "</p><ul>"
        for (k = 0; k < 10; k++)
            printf "<li>item %d of %d<ol><li>inner</li></ol></li>", k, i
        print "</ul>"
        if (i % 4 == 0) {
            print "<table border=1>"
            for (k = 0; k < 12; k++) {
                printf "<tr>"
                for (j = 0; j < 6; j++)
                    printf "<td>cell %d.%d<br>%d</td>", k, j, i * k * j
                print "</tr>"
            }
            print "</table>"
        }
        if (i % 10 == 0)
            print "<form><input type=text name=a value=v><select><option>one<option>two</select></form>"
        print "<pre>\n  kept   as it\n  is\n</pre><hr>"
    }
    print "</body></html>"
}
